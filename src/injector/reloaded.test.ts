import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { parsePort } from "../domain/port.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";
import { Reloaded } from "./reloaded.ts";

const folder = mkdtempSync(`${tmpdir()}/shunt-reloaded-`);
afterAll(() => rmSync(folder, { recursive: true }));
const path = `${folder}/port`;

async function loaded(text: string) {
	writeFileSync(path, text);
	const result = await Reloaded.load({
		name: "port",
		paths: [path],
		parse: ([port = ""]) => parsePort(port, "port"),
	});
	if (!result.ok) {
		throw new Error(result.problems.map(formatProblem).join());
	}
	const [changes, refusals]: [number[], Problem[]] = [[], []];
	const observer = {
		changed: (port: number) => changes.push(port),
		refused: (problems: readonly Problem[]) => refusals.push(...problems),
	};
	return { reloaded: result.value, check: () => result.value.check(observer), observer, changes, refusals };
}

describe("a value from a file", () => {
	it("does not exist where the first one is wrong", async () => {
		await expect(loaded("none")).rejects.toThrow('port: "none"');
	});

	it("changes when the file does, and only then", async () => {
		const { reloaded, check, changes } = await loaded("80");
		await check();
		writeFileSync(path, "81");
		await check();
		await check();
		expect([reloaded.value, changes]).toEqual([81, [81]]);
	});

	it("stays where the file is wrong or gone, with one complaint for each", async () => {
		const { reloaded, check, changes, refusals } = await loaded("80");
		writeFileSync(path, "x");
		await check();
		await check();
		rmSync(path);
		await check();
		await check();
		expect(refusals.map(({ complaint }) => complaint)).toEqual([
			"is not a valid TCP port",
			"cannot be read (ENOENT)",
		]);
		writeFileSync(path, "80");
		await check();
		expect([reloaded.value, changes]).toEqual([80, [80]]);
	});

	it("is read once by those who ask at the same time", async () => {
		const { check, changes } = await loaded("80");
		writeFileSync(path, "82");
		await Promise.all([check(), check(), check()]);
		expect(changes).toEqual([82]);
	});
});

describe("a value that somebody tells before the files have it", () => {
	it("is in force at once, and files that are older do not take it back", async () => {
		const { reloaded, check, observer, changes } = await loaded("80");
		reloaded.tell(["81"], observer);
		expect([reloaded.value, changes]).toEqual([81, [81]]);
		// A kubelet that writes one change after the other, late.
		writeFileSync(path, "79");
		await check();
		writeFileSync(path, "81");
		await check();
		reloaded.tell(["81"], observer);
		expect([reloaded.value, changes]).toEqual([81, [81]]);
	});

	it("that is wrong leaves the last good one in force, with one complaint", async () => {
		const { reloaded, observer, refusals } = await loaded("80");
		reloaded.tell(["x"], observer);
		reloaded.tell(["x"], observer);
		expect([reloaded.value, refusals.map(({ complaint }) => complaint)]).toEqual([
			80,
			["is not a valid TCP port"],
		]);
	});

	it("is left behind by files that change when nobody tells any more, and by no others", async () => {
		const { reloaded, check, observer } = await loaded("80");
		reloaded.tell(["81"], observer);
		reloaded.fallBack();
		await check();
		expect(reloaded.value).toBe(81);
		writeFileSync(path, "82");
		await check();
		expect(reloaded.value).toBe(82);
		reloaded.tell(["83"], observer);
		expect(reloaded.value).toBe(83);
	});
});
