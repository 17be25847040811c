import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/domain/exit-code.ts";
import { modes } from "../../src/domain/mode.ts";

const readme = readFileSync("README.md", "utf8");
const dependencies = readFileSync("docs/dependencies.md", "utf8");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const site = JSON.parse(readFileSync("docs/site/package.json", "utf8"));

describe("the README", () => {
	it("lists every exit status and no other", () => {
		const table = readme.slice(readme.indexOf("### Exit status"));
		const listed = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, status]) => Number(status));
		expect(listed).toEqual(Object.values(exitCodes));
	});

	it("lists every mode", () => {
		expect([...readme.matchAll(/^\| `(\w+)`/gm)].map(([, mode]) => mode)).toEqual([...modes]);
	});

	it("links to files that exist", () => {
		for (const [, target = ""] of readme.matchAll(/\]\(([^)]+)\)/g)) {
			expect(existsSync(target), target).toBe(true);
		}
	});

	it("names targets that the Makefile has", () => {
		const makefile = readFileSync("Makefile", "utf8");
		for (const [, target] of readme.matchAll(/^ {4}make (\w+)/gm)) {
			expect(makefile).toMatch(new RegExp(`^${target}:`, "m"));
		}
	});
});

describe("the dependencies", () => {
	it("each have their line, and no line is left over", () => {
		const listed = [...dependencies.matchAll(/^\| (\S+) \| /gm)].map(([, name]) => name);
		const used = [manifest.dependencies, manifest.devDependencies, site.devDependencies].flatMap(Object.keys);
		expect(listed.filter((name) => name !== "package" && name !== "---" && name !== "crate").sort()).toEqual(
			expect.arrayContaining(used.sort()),
		);
	});

	it("are pinned, and the lock file names no registry", () => {
		const versions = Object.values({
			...manifest.dependencies,
			...manifest.devDependencies,
			...site.devDependencies,
		});
		expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
		for (const lock of ["package-lock.json", "docs/site/package-lock.json"]) {
			expect(readFileSync(lock, "utf8")).not.toMatch(/"resolved": *"http/);
		}
	});
});
