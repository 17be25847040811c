import { describe, expect, it } from "vitest";
import { harmless, harmlessLines, quoted } from "./harmless.ts";
import { formatProblem } from "./problem.ts";

const characters = (...ranges: readonly (readonly [number, number])[]) =>
	ranges.flatMap(([low, high]) =>
		Array.from({ length: high - low + 1 }, (_, index) => String.fromCharCode(low + index)),
	);

/** C0, DEL and C1, the line breaks of Unicode, and what turns the order of text. */
const harmful = characters(
	[0x00, 0x1f],
	[0x7f, 0x9f],
	[0x061c, 0x061c],
	[0x200e, 0x200f],
	[0x2028, 0x202e],
	[0x2066, 0x2069],
);

describe("a text from outside", () => {
	it.each(harmful.map((character) => [character.charCodeAt(0).toString(16), character]))(
		"is told with its U+%s spelled out",
		(code, character) => {
			const told = harmless(`a${character}b`);
			expect(told).toMatch(/^a\\(?:u[\da-f]{4}|[nrt])b$/);
			expect(JSON.parse(`"${told}"`)).toBe(`a${character}b`);
			expect(code).not.toBe("");
		},
	);

	it("is left alone where it does nothing but be read", () => {
		const text = "déjà vu, 漢字, שלום, 👩‍👩‍👧, \\u001b, \ufeff";
		expect(harmless(text)).toBe(text);
	});

	it("keeps the lines that are ours", () => {
		expect(harmlessLines("a\u001b[31m\nb\r\nc\u2028\n")).toBe("a\\u001b[31m\nb\\r\nc\\u2028\n");
	});

	it("is JSON still in its quotation marks", () => {
		const text = harmful.join("");
		expect(JSON.parse(quoted(text))).toBe(text);
		expect(harmless(quoted(text))).toBe(quoted(text));
	});

	it("is told as a mistake in one line, wherever it stands in it", () => {
		const evil = harmful.join("");
		const told = formatProblem({ source: evil, value: evil, complaint: evil, accepted: evil });
		expect(harmless(told)).toBe(told);
	});
});
