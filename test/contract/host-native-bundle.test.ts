import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleForNative } from "../../scripts/native-bundle.ts";

const folder = `dist/.native-bundle-${process.pid}`;

beforeAll(() => {
	mkdirSync(folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["src/main/native.ts", "src/main/native-status.ts", "src/main/native-cni.ts"])(
	"takes the native program's %s",
	async (entry) => {
		const { code, objections } = await bundleForNative(entry);
		expect(objections).toEqual([]);
		expect(code).toMatch(/export\s*\{[^}]*\w+ as main\b/);
	},
);

test("what every run loads has nothing of shunt status in it", async () => {
	const { code } = await bundleForNative("src/main/native.ts");
	expect(code).toContain("shunt init");
	expect(code).not.toContain("foreignFirst");
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
		expect.stringMatching(/^\d+ bytes are more than the budget of \d+$/),
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
	return (await bundleForNative(entryPoint)).objections;
}
