import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectBothFail, expectSameTexts } from "./support/snippets.ts";
import { values } from "./support/values.ts";

const folder = new URL("snippets/", import.meta.url);

function snippetsOf(file: string): string[] {
	return readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n");
}

const files = readdirSync(folder).filter((file) => file !== "failing.txt");

describe("a piece of template, one a line, says the same to Helm and to us", () => {
	it.each(files)("%s", (file) => {
		expectSameTexts(snippetsOf(file), values);
	});

	it("and there are hundreds of them", () => {
		expect(files.flatMap(snippetsOf).length).toBeGreaterThan(180);
	});
});

describe("a mistake is one to both, and ours is told with file, line and column", () => {
	it.each(snippetsOf("failing.txt"))("%s", (snippet) => {
		expectBothFail(snippet, values);
	});
});
