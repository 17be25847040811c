import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlesForNative } from "../../scripts/native-bundle.ts";

const folder = `dist/.native-bundle-${process.pid}`;

beforeAll(() => {
	mkdirSync(folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const shunt = {
	main: "src/main/native.ts",
	seldom: "src/main/native-seldom.ts",
	status: "src/main/native-status.ts",
};

test.each([shunt, { main: "src/main/native-cni.ts" }])(
	"takes the native program's $main",
	async (entries) => {
		const { code, objections } = await bundlesForNative(entries);
		expect(objections).toEqual([]);
		for (const name of Object.keys(entries)) {
			expect(code.get(`${name}.js`)).toMatch(/export\s*\{[^}]*\w+ as main\b/);
		}
	},
);

test("what every run loads has nothing of shunt status, clean and --probe in it, and what status shares with it is there once", async () => {
	const { code, atStart } = await bundlesForNative(shunt);
	const started = atStart.map((name) => code.get(name)).join("");
	expect(started).toContain("shunt init");
	expect(started).not.toContain("foreignFirst");
	expect(started).not.toContain("there was nothing of ours to remove");
	expect(code.get("seldom.js")).toContain("there was nothing of ours to remove");
	expect(code.get("status.js")).toContain("foreignFirst");
	expect(code.get("status.js")).toMatch(/from"\.\/shared-\w+\.js"/);
	// What the two share is a bundle of its own, loaded with the first of them.
	const later = [...code.keys()].filter((name) => !atStart.includes(name));
	expect(later).toEqual(["seldom.js", "status.js", expect.stringMatching(/^shared-/)]);
	expect(started).not.toContain("Exit status:");
	expect(code.get(later[2] ?? "")).toContain("Exit status:");
});

test("refuses another implementation of the host", async () => {
	const entry = program('export { createMemoryHost } from "../../src/host/memory.ts";');
	expect(await objectionsTo(entry)).toContainEqual("src/host/memory.ts is not of rings 0-2");
});

test("refuses libraries", async () => {
	expect(await objectionsTo(program('export { default } from "yaml";'))).toContainEqual(
		expect.stringMatching(/^node_modules\/yaml\/.* is not of rings 0-2$/),
	);
});

test("refuses more than the budget", async () => {
	const entry = program(`export const main = ${JSON.stringify("x".repeat(500_000))};`);
	expect(await objectionsTo(entry)).toEqual([
		expect.stringMatching(/^\d+ bytes at every start are more than the budget of \d+$/),
		expect.stringMatching(/^\d+ bytes in all are more than the budget of \d+$/),
	]);
});

test("refuses Node's modules", async () => {
	expect(await objectionsTo(program('export { readFileSync } from "node:fs";'))).toEqual([
		expect.stringMatching(/Could not resolve "node:fs"$/),
	]);
});

let count = 0;

function program(source: string): string {
	const path = `${folder}/program-${++count}.ts`;
	writeFileSync(path, source);
	return path;
}

async function objectionsTo(entryPoint: string): Promise<readonly string[]> {
	return (await bundlesForNative({ main: entryPoint })).objections;
}
