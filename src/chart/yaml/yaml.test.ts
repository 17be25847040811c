import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson, writeJson } from "../go/json.ts";
import { readYaml, YamlError } from "./read-yaml.ts";
import { writeYaml } from "./write-yaml.ts";

const asJson = (text: string): unknown => JSON.parse(writeJson(readYaml(text)));
const asYaml = (value: unknown): string => writeYaml(readJson(JSON.stringify(value)));

describe("reading YAML as Helm does", () => {
	it.each([
		["a: yes\nb: on\nc: n\nd: True\n", { a: true, b: true, c: false, d: true }],
		["a: 017\nb: 0o17\nc: 0x1F\nd: 08\ne: 1_000\n", { a: 15, b: 15, c: 31, d: 8, e: 1000 }],
		["a: 1e3\nb: .5\nc: 12:30:45\nd: 2001-01-01\n", { a: 1000, b: 0.5, c: "12:30:45", d: "2001-01-01" }],
		["1: a\ntrue: b\n1.5: c\ny: d\n", { 1: "a", true: "d", 1.5: "c" }],
		["a: ~\nb:\nc: null\nd: ''\n", { a: null, b: null, c: null, d: "" }],
		["a: &x {k: 1}\nb: *x\nc: {<<: *x, l: 2}\n", { a: { k: 1 }, b: { k: 1 }, c: { k: 1, l: 2 } }],
		["a: 1\na: 2\n", { a: 2 }],
		["k: 1\n<<: {k: 2, l: 3}\n", { k: 2, l: 3 }],
		["a: !!str 5\nb: !!int '7'\nc: !!float 3\n", { a: "5", b: 7, c: 3 }],
		["a: |\n  x\n   y\n\nb: >-\n  x\n  y\nc: |2-\n    z\n", { a: "x\n y\n", b: "x y", c: "  z" }],
		["- a\n-\n- - b\n- {c: [1, 'd']}\n", ["a", null, ["b"], { c: [1, "d"] }]],
		["first: 1\n---\nsecond: [\n", { first: 1 }],
		["# nothing\n", null],
		["", null],
	])("%j", (text, value) => {
		// As Helm does, toYaml drops the line feed at the end, whatever it belongs to.
		expect(asJson(`${text}\n`)).toEqual(value);
	});

	it.each([
		["a: [\n", 2],
		["a: 1\n b: 2\n", 1],
		["ok: 1\na: .inf\n", 2],
		["~: a\n", 1],
		["[a]: b\n", 1],
		["a: *x\n", 1],
		["a: &x [*x]\n", 1],
		["<<: 1\n", 1],
		["a: !!int x\n", 1],
		["a: \u0001\n", 1],
	])("refuses %j and names the line", (text, line) => {
		expect(() => readYaml(text)).toThrow(expect.objectContaining({ name: "YamlError", line }));
	});

	it("does not unfold a bomb", () => {
		const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
		expect(() => readYaml(`l0: &l0 [x]\n${levels.join("\n")}\n`)).toThrow(YamlError);
	});
});

const awkward = fc.constantFrom(
	..."yes n ~ 1 017 0o17 0x1F 1_000 1e3 .5 12:30:45 2001-01-01 .inf".split(" "),
	..."- a|a: b|a #b|? x|--- a| x|x |x\ny|x\n\n|\nx|\tx|a\u2028b|{{ x }}|'q'|\"d\"|😀|é".split("|"),
	"word ".repeat(40),
);

describe("writing YAML", () => {
	it.each([
		[{ b: 1, a: [1, { c: null }], e: {}, f: [] }, "a:\n- 1\n- c: null\nb: 1\ne: {}\nf: []"],
		[{ a: "yes", b: "0o17", c: "1_0e3" }, 'a: "yes"\nb: "0o17"\nc: "1_0e3"'],
		["text", "text"],
		["a\u0085b", '"a\\u0085b"'],
	])("%j", (value, text) => {
		expect(asYaml(value)).toBe(text);
	});

	it("makes nothing of what Helm's reader refuses", () => {
		expect(asYaml(["x", "\u007f"])).toBe("");
	});

	it("comes back as what it was", () => {
		const { data } = fc.letrec((tie) => ({
			data: fc.oneof(
				{ maxDepth: 4 },
				awkward,
				fc.string({ unit: "grapheme" }),
				fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
				fc.constantFrom(true, false, null),
				fc.array(tie("data"), { maxLength: 4 }),
				fc.dictionary(fc.oneof(awkward, fc.string()), tie("data"), { maxKeys: 4, noNullPrototype: true }),
			),
		}));
		fc.assert(
			fc.property(data, (value) => {
				const text = asYaml(value);
				fc.pre(text !== "");
				// As Helm does, toYaml drops the line feed at the end, whatever it belongs to.
				expect(asJson(`${text}\n`)).toEqual(value);
			}),
			{ numRuns: 2000 },
		);
	});
});
