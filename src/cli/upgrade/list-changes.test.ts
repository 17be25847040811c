import { describe, expect, it } from "vitest";
import type { PlainMap } from "../../chart/index.ts";
import { listChanges } from "./list-changes.ts";

describe("what changes between two sets of values", () => {
	it.each<[string, PlainMap, PlainMap, string[]]>([
		["nothing", { a: { b: 1 } }, { a: { b: 1 } }, []],
		["a value", { a: { b: "x" } }, { a: { b: "y" } }, ["a.b: x → y"]],
		["a new one", {}, { a: { b: "y" } }, ["a.b: (none) → y"]],
		["one that goes", { a: { b: true } }, { a: {} }, ["a.b: true → (none)"]],
		["a map that goes", { a: { b: true } }, {}, ["a.b: true → (none)"]],
		[
			"a map that goes, with an empty one in its place",
			{ a: { b: true } },
			{ a: { c: {} } },
			["a.b: true → (none)"],
		],
		["nothing where null stands for it", { a: null }, {}, []],
		["nothing but the kind of number", { a: 1 }, { a: 1n }, []],
		["nothing but the order of keys", { a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }, []],
		["a list", { a: [1] }, { a: [1, 2] }, ["a: [1] → [1,2]"]],
		["a number that becomes a text", { a: 1 }, { a: "1" }, ['a: 1 → "1"']],
		["a text that is empty", { a: "" }, { a: "x" }, ['a: "" → x']],
		["a map that becomes a text", { a: { b: 1 } }, { a: "x" }, ["a.b: 1 → (none)", 'a: {"b":1} → x']],
		["a key that has dots", { a: {} }, { a: { "b.c/d": "x" } }, ["a.b\\.c/d: (none) → x"]],
		["a text of many lines", { a: "x" }, { a: "one\ntwo" }, ['a: x → "one\\ntwo"']],
	])("%s", (_, before, after, expected) => {
		expect(listChanges(before, after).toSorted()).toEqual(expected.toSorted());
	});

	it("is told in so many words and no more", () => {
		const [line = ""] = listChanges({}, { a: "x".repeat(500) });
		expect(line.length).toBeLessThan(120);
		expect(line.endsWith("…")).toBe(true);
	});
});
