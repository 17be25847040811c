import { describe, expect, it } from "vitest";
import { type Files, runInject, runUninject } from "../../../test/support/inject-manifests.ts";
import { parseDocuments } from "../../yaml/documents.ts";

const head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n";

const numbers = [
	"9223372036854775807",
	"18446744073709551615",
	"-9007199254740993",
	"123456789012345678901234567890",
	"0.1000000000000000055511151231257827",
	"1e400",
	"-0",
	"-0.0",
	"0x1FFFFFFFFFFFFFFF",
];
const inJson = numbers.map((text) => (text.startsWith("0x") ? `${BigInt(text)}` : text));

describe("a number that no double holds", () => {
	const yaml = `${head}    big: [${numbers.join(", ")}]\n`;
	const json = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","big":[${inJson}]}]}}`;
	const plain = (text: string) =>
		text.match(/"?big"?: *(?:\[[^\]]*\]|\n(?: *- -?\d.*\n)*)/)?.[0].match(/-?\d[\w.+]*/g);

	it.each([
		["YAML in place", yaml, [], numbers],
		["YAML as JSON", yaml, ["-o", "json"], inJson],
		["JSON in place", json, [], inJson],
		["JSON as YAML", json, ["-o", "yaml"], inJson],
		["JSON as JSON", json, ["-o", "json"], inJson],
		["several in a List", `${yaml}---\nkind: Other\n`, ["-o", "json"], inJson],
	])("goes out as it came in: %s", (_, text, args, wanted) => {
		expect(plain(runInject(["--manual", ...args, "-"], text).stdout)).toEqual(wanted);
		expect(plain(runUninject([...args, "-"], text).stdout)).toEqual(wanted);
	});

	it("is kept where a document is written anew", () => {
		const metadata = "metadata:\n  annotations: {a: b}\n  <<: {annotations: {c: d}, name: a} # wins";
		const text = yaml.replace("metadata: {name: a}", metadata);
		const { stdout, stderr } = runInject(["--manual", "-"], text);
		expect(stderr).toContain("standard input: document 1 had to be written anew, without its comments");
		expect(plain(stdout)).toEqual(numbers);
		expect(stdout).toContain("    c: d\n");
	});

	it("is printed where an alias is written out", () => {
		const text = `${head.replace("metadata: {name: a}", "metadata: &m {name: a, annotations: {}, k: 9223372036854775807}")}same: *m\n`;
		const { stdout, stderr } = runInject(["-"], text);
		expect(stderr).not.toContain("anew");
		expect(stdout.match(/9223372036854775807/g)).toHaveLength(2);
		expect(stdout).toContain("same:\n  name: a\n  annotations: {}\n  k: 9223372036854775807\n");
	});

	it("does not become an annotation's text or a text a number", () => {
		const text = head.replace(
			"{name: a}",
			'{name: a, labels: {v: "0o17", w: "9223372036854775807", x: "1_0e1"}}',
		);
		const { stdout } = runInject(["-o", "json", "-"], text);
		const yaml = runInject(["-o", "yaml", "-"], stdout).stdout;
		expect(parseDocuments(yaml, "yaml").documents).toMatchObject([
			{ value: { metadata: { labels: { v: "0o17", w: "9223372036854775807", x: "1_0e1" } } } },
		]);
	});

	it("is not made null where JSON cannot say it", () => {
		const text = head.replace("name: a}", "name: a, labels: {k: .inf, l: .nan}}");
		expect(runInject(["-o", "json", "-"], text)).toMatchObject({
			status: 64,
			stdout: "",
			stderr: "shunt inject: standard input: holds .inf or .nan, which JSON has no word for (want -o yaml)\n",
		});
		expect(runInject(["-"], text).stdout).toContain("labels: {k: .inf, l: .nan}");
	});

	it("is refused as a setting, by its digits", () => {
		const files: Files = { values: "proxy: {uid: 9223372036854775807}\n" };
		const { status, stderr } = runInject(["--config", "values", "-"], head, files);
		expect([status, stderr]).toEqual([
			64,
			expect.stringContaining('values: proxy.uid: "9223372036854775807" is not a valid user id'),
		]);
	});
});

/** As `kubectl annotate --local -o json` (1.35, sigs.k8s.io/yaml with go-yaml v2) prints it. */
describe("YAML means what it means to kubectl:", () => {
	it.each([
		["merges override what is above them", "a: 1\n<<: {a: 2, b: 2}\nb: 3\n", { a: 2, b: 3 }],
		["the first of a list of merges wins", "<<: [{p: 1, q: 1}, {p: 2, r: 2}]\n", { p: 1, q: 1, r: 2 }],
		["there may be several merges", "<<: {p: 1}\n<<: {q: 2}\n", { p: 1, q: 2 }],
		[
			"merges of aliases",
			"a: &a {p: 1}\nb: &b {q: 2}\nc: {<<: [*a, *b], r: 3}\n",
			{ a: { p: 1 }, b: { q: 2 }, c: { p: 1, q: 2, r: 3 } },
		],
		[
			"merges of merges",
			"a: &a {p: 1}\nb: &b {<<: *a, q: 2}\nc: {<<: *b}\n",
			{ a: { p: 1 }, b: { p: 1, q: 2 }, c: { p: 1, q: 2 } },
		],
		["a quoted << is a key", '"<<": {a: 1}\n', { "<<": { a: 1 } }],
		[
			"numbers and truth values as keys",
			"1: a\n1.5: b\ny: c\nOFF: d\n",
			{ "1": "a", "1.5": "b", true: "c", false: "d" },
		],
		[
			"tags",
			"a: !!binary aGVsbG8=\nb: !custom 5\nc: !!str 5\nd: ! 5\ne: !!int '5'\n",
			{ a: "hello", b: "5", c: "5", d: "5", e: 5 },
		],
		[
			"octal, hexadecimal, underscores",
			"a: 0644\nb: 0o17\nc: 0x1F\nd: 1_000\ne: 12:30\n",
			{ a: 420, b: 15, c: 31, d: 1000, e: "12:30" },
		],
		["dates are texts", "a: 2020-01-01\n", { a: "2020-01-01" }],
	])("%s", (_, text, value) => {
		expect(parseDocuments(text, "f")).toEqual({ documents: [{ value }], problems: [] });
	});

	it.each([
		["in a text in quotes", "a: \"b\u2028c\"\nd: '\u2029'\n", { a: "b\u2028c", d: "\u2029" }],
		["in JSON", '{"a":"b\u2028 \u0085\u007fc"}', { a: "b\u2028 \u0085\u007fc" }],
	])("a line break of Unicode's is text %s", (_, text, value) => {
		expect(parseDocuments(text, "f")).toEqual({ documents: [{ value }], problems: [] });
	});

	it.each([
		// Each hides a key from YAML 1.2, which kubectl finds.
		["a comment that ends with U+2028", "a: b # c\u2028d: e\n", "for which U+2028 ends a line"],
		["a comment that ends with U+0085", "a: b\n# c\u0085d: e\n", "for which U+0085 ends a line"],
		["a comment that ends with a carriage return", "a: b # x\rd: e\n", "for which U+000D ends a line"],
		["U+2028 in a text without quotes", "a: b\u2028 d\n", "for which U+2028 ends a line"],
		["U+2028 beside a blank in quotes", 'a: "b \u2028c"\n', "for which U+2028 ends a line"],
		["U+0085 in quotes", "a: 'b\u0085c'\n", "for which U+0085 ends a line"],
		["U+2028 in a block", "a: |\n  b\u2028  c\n", "for which U+2028 ends a line"],
		["a control character", 'a: "\u0001"\n', "U+0001 may not be in it"],
		["a DEL", "a: \u007f\n", "U+007F may not be in it"],
		["what is no character", "a: \ufffe\n", "U+FFFE may not be in it"],
		["a merge of a text", "a: {<<: b}\n", "a merge (<<) takes a map"],
		["a merge of a list that holds a text", "a: {<<: [{}, b]}\n", "a merge (<<) takes a map"],
		["a key that is null", "~: a\n", "has a key that is no text"],
		["a key that is a list", "? [a]\n: b\n", "has a key that is no text"],
		["a key twice", "a: 1\nb: 2\na: 3\n", "unique"],
		["a tag that does not fit", "a: !!int b\n", "is not what its tag says"],
		["binary that is none", "a: !!binary '*'\n", "not base64"],
		["an alias without an anchor", "a: *b\n", "no anchor"],
		["an anchor within itself", "a: &a [*a]\n", "contains itself"],
		["what is nested without end", `a: ${"[".repeat(5000)}`, "nested deeper"],
		["dashes without end", `${"- ".repeat(5000)}a`, "nested deeper"],
		[
			"lines further and further in",
			Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a:\n`).join(""),
			"nested deeper",
		],
	])("%s is refused with its place", (_, text, complaint) => {
		const { status, stdout, stderr } = runInject(["f"], "", { f: `ok: 1\n---\n# c\n${text}` });
		expect([status, stdout]).toEqual([64, ""]);
		expect(stderr).toMatch(/^shunt inject: f:\d+: /);
		expect(stderr).toContain(complaint);
	});
});

describe("a merge or an anchor", () => {
	const annotations = (text: string) => head.replace("metadata: {name: a}", `metadata:\n  name: a\n${text}`);
	const done = (text: string, args: readonly string[] = ["-"]) => {
		const { status, stdout, stderr } = runInject(args, text);
		expect([status, stderr]).toEqual([0, expect.not.stringContaining("anew")]);
		return stdout;
	};

	it("in the way of an edit stays, with its comments", () => {
		const text = annotations("  annotations:\n    <<: {team: x} # merged\n    a: b\n");
		expect(done(text)).toBe(text.replace("    a: b\n", "    a: b\n    shunt.dev/inject: enabled\n"));
		expect(runUninject(["-"], done(text)).stdout).toBe(text);
	});

	it("at the root stays, and what it brings is overridden where it has to change", () => {
		const text =
			"base: &base {metadata: {name: a}}\n<<: *base # merged\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n";
		expect(done(text)).toBe(`${text}metadata:\n  name: a\n  annotations:\n    shunt.dev/inject: enabled\n`);
	});

	it("does not carry an edit to where else it is used", () => {
		const text = annotations("  annotations: &a\n    team: x\n  labels: *a # same\n");
		expect(done(text)).toBe(
			annotations(
				"  annotations: &a\n    team: x\n    shunt.dev/inject: enabled\n  labels: # same\n    team: x\n",
			),
		);
	});

	it("may reach from one item of a List into another", () => {
		const item = (name: string, labels: string) =>
			`- apiVersion: v1\n  kind: Pod # ${name}\n  metadata:\n    name: ${name}\n    labels: ${labels}\n  spec: {containers: [{name: a}]}\n`;
		const list = (first: string, second: string) =>
			`apiVersion: v1\nitems:\n# first\n${first}# second\n${second}kind: List\nmetadata: {}\n`;
		const text = list(item("a", "&l {k: v}"), item("b", "*l"));
		const annotated = (of: string) =>
			of.replace(/( {4}labels: .*\n)/, "$1    annotations:\n      shunt.dev/inject: enabled\n");
		expect(done(text)).toBe(list(annotated(item("a", "&l {k: v}")), annotated(item("b", "*l"))));
		const plain = list(item("a", "{k: v}"), item("b", "{k: v}"));
		expect(done(plain)).toBe(list(annotated(item("a", "{k: v}")), annotated(item("b", "{k: v}"))));
		const indented = plain.replace(/^(?=[- ] )/gm, "  ");
		expect(runUninject(["-"], done(indented)).stdout).toBe(indented);
		expect(done(indented)).toBe(done(plain).replace(/^(?=[- ] )/gm, "  "));
	});

	it("in a document that is none of ours is not touched", () => {
		const text = `${head}---\nkind: Other\na: &a {<<: {b: c}}\nd: *a\n`;
		expect(done(text).endsWith("---\nkind: Other\na: &a {<<: {b: c}}\nd: *a\n")).toBe(true);
	});
});

describe("a text that kubectl's reader takes for itself in double quotes alone", () => {
	const texts = {
		"a line break of its own": "x\u0085y\u2028z\u2029",
		"characters that it refuses": "\u007f\u0080\u009b[31m\ufffe",
		"a byte order mark": "\ufeffx",
		"a tab that begins a line": "\tx\n\ty which is longer than what the library breaks into lines\n",
		"n\u2028o": "as a key",
		"<<": "no merge",
	};
	const pod = {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "a", annotations: texts },
		spec: { containers: [{ name: "a", args: Object.values(texts) }] },
	};
	const raw = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe]|^ *\t/m;
	const list = { apiVersion: "v1", kind: "List", items: [pod, pod] };

	it.each([
		["a pod", pod],
		["a List", list],
	])("is written so where JSON becomes YAML: %s", (_, input) => {
		for (const run of [runInject, runUninject]) {
			const { stdout } = run(["-o", "yaml", "-"], JSON.stringify(input));
			expect(stdout).not.toMatch(raw);
			expect(stdout).not.toMatch(/^ *<</m);
			expect(stdout).toContain('"x\\u0085y\\u2028z\\u2029"');
			const { documents, problems } = parseDocuments(stdout, "stdout");
			expect(problems).toEqual([]);
			const written = JSON.stringify(documents);
			for (const text of Object.entries(texts).flat()) {
				expect(written).toContain(JSON.stringify(text));
			}
		}
	});

	it("is written so where an edit writes an alias or brackets out", () => {
		const text = `${head.replace("{name: a}", '&m {name: a, annotations: {x: "x\\x85y"}}')}same: *m\nflow: {deep: *m}\n`;
		const { stdout } = runInject(["-"], text);
		expect(stdout).not.toMatch(raw);
		expect(stdout.match(/"x\\(?:x85|u0085)y"/g)).toHaveLength(3);
	});
});
