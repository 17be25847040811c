import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { importArrows, readSources } from "./import-graph.ts";
import { mayImport } from "./may-import.ts";
import { findCircles, roomOf, wallComplaints } from "./walls.ts";

const sources = readSources(".", "src");
const arrows = importArrows(sources);

describe("the source", () => {
	it("imports nothing across a wall", () => {
		expect(wallComplaints(sources, arrows, mayImport).join("\n")).toBe("");
	});

	it("has no circle of imports", () => {
		expect(findCircles(sources, arrows).map(({ text }) => text)).toEqual([]);
	});

	it("is compiled without a platform in rings 0-2 and wherever the native program runs it", () => {
		const compiled = withoutPlatform();
		const inner = [...sources.keys()].filter((file) => ringOf(file) <= 2 && !file.startsWith(page));
		const native = reachedFrom([...sources.keys()].filter((file) => /^src\/main\/native/.test(file)));
		expect([...native]).toEqual(expect.arrayContaining(["src/host/native.ts", "src/host/nft-tables.ts"]));
		expect([...inner, ...native].filter((file) => !compiled.has(file))).toEqual([]);
		const modules = arrows.filter(({ from, to }) => compiled.has(from) && to.startsWith("node:"));
		expect(modules.map(({ from, line, to }) => `${from}:${line}: imports ${to}`)).toEqual([]);
	});

	it("is not compiled without a platform where it uses one", () => {
		const folder = mkdtempSync(join(tmpdir(), "core-"));
		const uses =
			"export const used = [process.pid, Buffer.from(''), console.log, fetch, new TextDecoder()];\n";
		writeFileSync(join(folder, "uses.ts"), uses);
		writeFileSync(
			join(folder, "tsconfig.json"),
			JSON.stringify({ extends: resolve("tsconfig.core.json"), include: ["uses.ts"] }),
		);
		const { stdout } = spawnSync("node_modules/.bin/tsc", ["-p", folder], {
			encoding: "utf8",
			timeout: 120_000,
		});
		rmSync(folder, { recursive: true });
		for (const name of ["process", "Buffer", "console", "fetch", "TextDecoder"]) {
			expect(stdout).toContain(`Cannot find name '${name}'`);
		}
	});
});

/** Has a platform of its own, the browser's (tsconfig.page.json). */
const page = "src/cli/explain/page/";

function ringOf(file: string): number {
	return mayImport[roomOf(file, mayImport)]?.ring ?? 4;
}

/** What tsconfig.core.json names, and all that this leads to, which is compiled with it. */
function withoutPlatform(): ReadonlySet<string> {
	const text = readFileSync("tsconfig.core.json", "utf8").replace(/^\s*\/\/.*$/gm, "");
	const { include }: { include: readonly string[] } = JSON.parse(text);
	return reachedFrom(
		[...sources.keys()].filter((file) => include.some((one) => file === one || file.startsWith(`${one}/`))),
	);
}

function reachedFrom(entries: readonly string[]): ReadonlySet<string> {
	const targets = new Map<string, string[]>([...sources.keys()].map((file) => [file, []]));
	for (const { from, to } of arrows) {
		targets.get(from)?.push(...(sources.has(to) ? [to] : []));
	}
	const reached = new Set(entries);
	for (const file of reached) {
		for (const to of targets.get(file) ?? []) {
			reached.add(to);
		}
	}
	return reached;
}

describe("the entry points", () => {
	it.each([...sources.keys()].filter((file) => file.startsWith("src/main/")))(
		"%s has at most 40 lines",
		(file) => {
			expect(readFileSync(file, "utf8").split("\n").length - 1).toBeLessThanOrEqual(40);
		},
	);
});
