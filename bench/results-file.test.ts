import { expect, test } from "vitest";
import { replaceSection } from "./results-file.ts";

const first = replaceSection("# Results\n", "one", "1");

test("a new section goes to the end", () => {
	expect(first).toBe("# Results\n\n<!-- begin one -->\n1\n<!-- end one -->\n");
	expect(replaceSection("", "one", "1")).toBe("<!-- begin one -->\n1\n<!-- end one -->\n");
});

test("a section is replaced where it stands, and its neighbours stay", () => {
	const both = replaceSection(first, "two", "2");
	const changed = replaceSection(both, "one", "new\n\nlines\n");
	expect(changed).toBe(both.replace("1", "new\n\nlines"));
	expect(replaceSection(changed, "one", "1")).toBe(both);
});

test("what looks like a pattern is text", () => {
	expect(replaceSection(first, "one", "$& $1")).toContain("\n$& $1\n");
});
