import fc from "fast-check";
import { expect, it } from "vitest";
import { elementSpans, memberSpan, skipBlank } from "./json-spans.ts";

const blank = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

it("finds each element where it stands, whatever is in it and around it", () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(blank, fc.jsonValue(), blank)), blank, (items, inside) => {
			const texts = items.map(([, value]) => JSON.stringify(value, null, 1));
			const inner = items.map(([before, , after], index) => before + texts[index] + after).join(",");
			const text = `{"a": "]}\\"", "plugins" :${inside}[${inside}${inner}], "z": [1]}`;
			const array = memberSpan(text, 0, "plugins");
			const found = elementSpans(text, array?.start ?? -1);
			expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(texts);
			expect(text[(array?.end ?? 0) - 1]).toBe("]");
		}),
	);
});

it("takes the last of several members of a name, however it is spelt, as parsers do", () => {
	const text = ' {"plugins":[1],"plu\\u0067ins":[2] , "nested": {"plugins": [3]}}';
	const span = memberSpan(text, skipBlank(text), "plugins");
	expect(text.slice(span?.start, span?.end)).toBe("[2]");
	expect(JSON.parse(text).plugins).toEqual([2]);
});

it("finds nothing in an object without such a member", () => {
	expect(memberSpan('{ "a" : {"plugins":1} }', 0, "plugins")).toBe(undefined);
	expect(memberSpan("{}", 0, "plugins")).toBe(undefined);
	expect(elementSpans("[ ]", 0)).toEqual([]);
});

it("goes as deep as the file does", () => {
	const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
	expect(elementSpans(`[${deep},1]`, 0)).toHaveLength(2);
});
