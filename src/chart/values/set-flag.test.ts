import { describe, expect, it } from "vitest";
import { fromPlainMap, type PlainMap, toPlainMap } from "../port.ts";
import { coalesce, overlay } from "./merge-sources.ts";
import { applySet, type ReadValue, SetError, typedValue } from "./set-flag.ts";

function set(expression: string, base: PlainMap = {}, readValue: ReadValue = typedValue): PlainMap {
	const values = fromPlainMap(base);
	applySet(expression, values, readValue);
	return toPlainMap(values);
}

describe("--set", () => {
	it.each([
		["a=1,b=x,c=true,d=null,e=1.5,f=007,g=0", { a: 1n, b: "x", c: true, d: null, e: "1.5", f: "007", g: 0n }],
		["a.b.c=x", { a: { b: { c: "x" } } }],
		["a[1].b=x", { a: [null, { b: "x" }] }],
		["a={x,1,null}", { a: ["x", 1n, null] }],
		["a={}", { a: [""] }],
		["a=x\\,y,b\\.c=z", { a: "x,y", "b.c": "z" }],
		["a=b=c", { a: "b=c" }],
		["a=", { a: "" }],
		["a[0][1]=x", { a: [[null, "x"]] }],
		["a[0]=x,a[1]=y", { a: ["x", "y"] }],
	])("%s", (expression, values) => {
		expect(set(expression)).toEqual(values);
	});

	it("changes what is there", () => {
		expect(set("a.b=2,l[1]=z", { a: { b: 1, c: 1 }, l: ["x", "y"] })).toEqual({
			a: { b: 2n, c: 1 },
			l: ["x", "z"],
		});
	});

	it("takes every value for text, or for JSON, or for a file, when asked to", () => {
		expect(set("a=1,b=null", {}, (text) => text)).toEqual({ a: "1", b: "null" });
		expect(set('a={"x":[1,null]} ,b=2,c=', {}, "json")).toEqual({ a: { x: [1, null] }, b: 2, c: null });
		expect(set('a="x,y",b={"c":[1,"d,}"]}', {}, "json")).toEqual({ a: "x,y", b: { c: [1, "d,}"] } });
		expect(set("a=9007199254740993", {}, "exact json")).toEqual({ a: 9_007_199_254_740_993n });
		expect(() => set("a=[99999999999999999999]", {}, "exact json")).toThrow("would be rounded");
		expect(set('a="#9007199254740993"', {}, "exact json")).toEqual({ a: "#9007199254740993" });
		expect(set("a=path", {}, (path) => `text of ${path}`)).toEqual({ a: "text of path" });
	});

	it.each([
		"a",
		"a.b",
		"a,b=1",
		"a[=1",
		"a[x]=1",
		"a[-1]=1",
		"a[70000]=1",
		"a[0]x=1",
		"a={b",
		"a.=1",
		`${"a.".repeat(31)}b=1`,
	])("refuses %s", (expression) => {
		expect(() => set(expression)).toThrow(SetError);
	});

	it("refuses to look for a key in what is no map, and for an item in what is no list", () => {
		expect(() => set("a.b=1", { a: "x" })).toThrow(SetError);
		expect(() => set("a[0]=1", { a: "x" })).toThrow(SetError);
		expect(() => set("a.b=1", { a: null })).toThrow(SetError);
	});
});

describe("merging", () => {
	it("lays one values file over another, null included", () => {
		const merged = overlay(
			fromPlainMap({ a: { b: 1, c: 2 }, d: [1] }),
			fromPlainMap({ a: { b: null }, d: [2], e: 3 }),
		);
		expect(toPlainMap(merged)).toEqual({ a: { b: null, c: 2 }, d: [2], e: 3 });
	});

	it("takes a chart's default away for a null, and keeps nulls that meet none", () => {
		const user = { gone: null, deep: { gone: null, kept: null, other: null }, own: null };
		const chart = { gone: 1, deep: { gone: 1, kept: null, left: 2 }, nothing: null };
		expect(toPlainMap(coalesce(fromPlainMap(user), fromPlainMap(chart)))).toEqual({
			deep: { kept: null, other: null, left: 2 },
			own: null,
			nothing: null,
		});
	});

	it("lets the user's value win over one of another kind, and says so", () => {
		const warnings: string[] = [];
		const merged = coalesce(
			fromPlainMap({ a: { b: 1 }, c: { d: "x" } }),
			fromPlainMap({ a: "text", c: { d: { e: 1 } } }),
			(warning) => warnings.push(warning),
		);
		expect(toPlainMap(merged)).toEqual({ a: { b: 1 }, c: { d: "x" } });
		expect(warnings).toEqual([
			"values: a is a map now, and was none in the chart",
			"values: c.d is no map now, and was one in the chart",
		]);
	});
});
