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
	const check = () =>
		result.value.check({
			changed: (port) => changes.push(port),
			refused: (problems) => refusals.push(...problems),
		});
	return { reloaded: result.value, check, changes, refusals };
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
