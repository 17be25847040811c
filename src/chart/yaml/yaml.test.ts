import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { readPlainYaml } from "./read-plain-yaml.ts";
import { readAnyYaml, readYaml } from "./read-yaml.ts";
import { writeYaml } from "./write-yaml.ts";
import { YamlError } from "./yaml-error.ts";

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
		expect(asJson(text)).toEqual(value);
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

describe("the reader for plain YAML", () => {
	const piece = fc.constantFrom(
		..."a|b: |- |key: value\n|k:\n|  |    |\n|- x\n|'q'|\"d\"|[a, b]|[]|{}|{a: 1}|{a: [b, 'c']}|# c\n| # c\n|1|true|null|~|x y|- - z\n|- a: b\n|  c: d\n|:|-|#|yes|1.5|-1|'it''s'| |\n\n|foo:bar|a.b/c|  - i\n|    text\n|  text\n|: |?|&x|*x|!t|>|%|@|[|]|{|}|,".split(
			"|",
		),
		"|",
		"|-\n",
		"|+\n",
		"|2\n",
	);
	const document = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(""));

	it("reads what the library reads, or leaves it to the library", () => {
		let read = 0;
		fc.assert(
			fc.property(document, (text) => {
				const plain = readPlainYaml(text);
				if (plain !== undefined) {
					read++;
					expect(writeJson(plain.value)).toBe(writeJson(readAnyYaml(text)));
				}
			}),
			{ numRuns: 4000, seed: 1 },
		);
		expect(read).toBeGreaterThan(400);
	});

	it("reads a usual manifest by itself", () => {
		const text = `apiVersion: v1
kind: Service # of some kind
metadata:
  name: "quoted"
  annotations: {}
  labels:
    app.kubernetes.io/name: 'x'
spec:
  ports:
  - port: 80
    name: http

  - {port: 443, name: https}
  script: |
    #!/bin/sh
    echo "a: b"
  empty:
`;
		expect(readPlainYaml(text)?.value).toEqual(readAnyYaml(text));
	});
});

describe("writing YAML as Helm does", () => {
	it.each([
		[{ b: 1, a: [1, { c: null }], e: {}, f: [] }, "a:\n- 1\n- c: null\nb: 1\ne: {}\nf: []\n"],
		[[[1, 2], [], [{ a: 1 }]], "- - 1\n  - 2\n- []\n- - a: 1\n"],
		[{ item10: 1, item2: 2, A: 3, a: 4, "1": 5 }, '"1": 5\nA: 3\na: 4\nitem2: 2\nitem10: 1\n'],
		[
			["yes", "1", "1.0", "null", "", "~", "2001-01-01", "12:30"],
			'- "yes"\n- "1"\n- "1.0"\n- "null"\n- ""\n- "~"\n- "2001-01-01"\n- "12:30"\n',
		],
		[
			["a: b", "- a", "#x", "a #b", " a", "it's: 1"],
			"- 'a: b'\n- '- a'\n- '#x'\n- 'a #b'\n- ' a'\n- 'it''s: 1'\n",
		],
		[["a\tb", "é", "😀", "\u0007"], '- "a\\tb"\n- é\n- "\\U0001F600"\n- "\\a"\n'],
		[
			{ a: "x\ny\n", b: "x\ny", c: "x\n\n", d: " x\ny", e: "x \ny" },
			'a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n   x\n  y\ne: "x \\ny"\n',
		],
		[
			[1e6, 1e21, 0.1, 123_456_789.5, 2 ** 53, 1e20],
			"- 1000000\n- 1e+21\n- 0.1\n- 1.234567895e+08\n- 9007199254740992\n- 1e+20\n",
		],
		["text", "text\n"],
		[null, "null\n"],
	])("%j", (value, text) => {
		expect(asYaml(value)).toBe(text);
	});

	it("breaks lines at the first single space beyond column 80", () => {
		const word = "0123456789";
		expect(asYaml({ a: Array(10).fill(word).join(" ") })).toBe(
			`a: ${Array(8).fill(word).join(" ")}\n  ${Array(2).fill(word).join(" ")}\n`,
		);
		expect(asYaml({ a: `${Array(10).fill(word).join("  ")}` })).not.toContain("\n  ");
	});

	it("asks for a key beyond 128 bytes with a question mark", () => {
		const key = "k".repeat(129);
		expect(asYaml({ [key]: [1] })).toBe(`? ${key}\n: - 1\n`);
	});

	it("can be read again, but for the key << that it does not quote", () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
				fc.pre(
					!/<<|[\\]u|[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/.test(
						JSON.stringify(value),
					),
				);
				const text = asYaml(value);
				expect(asYaml(asJson(text))).toBe(text);
			}),
		);
	});
});
