import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";

const planted: string[] = [];

afterEach(() => {
	for (const file of planted.splice(0)) {
		rmSync(file, { force: true });
	}
});

function plant(file: string, text: string): string {
	planted.push(file);
	writeFileSync(file, text);
	return file;
}

function lint(file: string): string {
	const { stdout, stderr } = spawnSync("npx", ["biome", "lint", file], { encoding: "utf8", timeout: 60_000 });
	return stdout + stderr;
}

describe("the walls between the rings", () => {
	it.each([
		["src/domain/planted-wall.ts", "../plan/plan.ts", "domain is ring 0"],
		["src/domain/planted-wall.ts", "node:fs", "domain is ring 0"],
		["src/plan/planted-wall.ts", "../backend/backend.ts", "ring 1 imports only"],
		["src/backend/planted-wall.ts", "../host/node.ts", "ring 2 imports only"],
		["src/backend/iptables/planted-wall.ts", "../../cli/program.ts", "ring 2 imports only"],
		["src/ruleset/planted-wall.ts", "../host/node.ts", "ring 2 imports only"],
		["src/status/planted-wall.ts", "../cli/program.ts", "ring 2 imports only"],
		["src/init/planted-wall.ts", "../host/memory.ts", "ring 2 imports only"],
		["src/init/planted-wall.ts", "node:child_process", "ring 2 imports only"],
		["src/explain/planted-wall.ts", "../cli/explain/report.ts", "ring 2 imports only"],
		["src/cli/planted-wall.ts", "../main/shunt.ts", "nothing imports it"],
	])("stop %s from importing %s", (file, target, message) => {
		expect(lint(plant(file, `export * from "${target}";\n`))).toContain(message);
	});

	it("let a lower ring be imported", () => {
		const file = plant("src/init/planted-gate.ts", 'export * from "../domain/port.ts";\n');
		expect(lint(file)).not.toContain("noRestrictedImports");
	});

	it("make a use of the platform a type error in rings 0-2", () => {
		plant(
			"src/init/planted-platform.ts",
			"export const planted = [process.pid, Buffer.from(''), console.log, fetch];\n",
		);
		const { stdout } = spawnSync("npx", ["tsc", "-p", "tsconfig.core.json"], {
			encoding: "utf8",
			timeout: 120_000,
		});
		for (const name of ["process", "Buffer", "console", "fetch"]) {
			expect(stdout).toContain(`Cannot find name '${name}'`);
		}
	});
});

describe("the entry points", () => {
	it.each(readdirSync("src/main").filter((file) => file.endsWith(".ts")))(
		"%s has at most 40 lines",
		(file) => {
			expect(readFileSync(`src/main/${file}`, "utf8").split("\n").length - 1).toBeLessThanOrEqual(40);
		},
	);
});
