import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/features.md", "utf8");

interface Row {
	readonly feature: string;
	readonly proof: string;
}

const rows: readonly Row[] = page
	.split("\n")
	.filter((line) => line.startsWith("| ") && !/^\| (?:feature|---) /.test(line))
	.map((line) => {
		const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
		return { feature: cells[1] ?? "", proof: cells.at(-2) ?? "" };
	});

describe("docs/features.md", () => {
	it("has for each feature the test that proves it, or the word no", () => {
		expect(rows.length).toBeGreaterThan(80);
		for (const { feature, proof } of rows) {
			if (proof === "no") {
				continue;
			}
			const [, file = "", words = ""] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(proof) ?? [];
			expect([feature, file, existsSync(file)]).toEqual([feature, file, true]);
			expect([feature, words, readFileSync(file, "utf8").includes(words)]).toEqual([feature, words, true]);
		}
	});

	it("admits what is missing", () => {
		expect(rows.filter(({ proof }) => proof === "no").length).toBeGreaterThan(0);
	});

	it("names each feature once within its section", () => {
		for (const section of page.split(/^## /m).slice(1)) {
			const names = [...section.matchAll(/^\| (?!feature|---)([^|]+) \|/gm)].map(([, name]) => name);
			expect(new Set(names).size).toBe(names.length);
		}
	});
});
