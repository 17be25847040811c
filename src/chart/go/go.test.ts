import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sprintf } from "./format.ts";
import { escapeHtml, readJson, writeJson } from "./json.ts";
import { formatFloat, parseDecimal64, parseFloat64, parseInt64, parseUint64, toInt64 } from "./number.ts";
import { compilePattern } from "./pattern.ts";
import { base64Decode, base64Encode, quote, trimSpace, unquote, utf8Length } from "./text.ts";
import { CallError, compareStrings, type Value } from "./value.ts";
import { parseVersion, satisfies } from "./version.ts";

const anyText = fc.string({ unit: "binary" });

describe("text", () => {
	it("has the bytes and the order that Node gives it", () => {
		fc.assert(
			fc.property(anyText, anyText, (a, b) => {
				expect(utf8Length(a)).toBe(Buffer.byteLength(a));
				expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
				expect(base64Encode(a)).toBe(Buffer.from(a).toString("base64"));
				expect(base64Decode(base64Encode(a))).toBe(a);
			}),
		);
	});

	it("that is no base64 is none; bytes that are no UTF-8 are told from text", () => {
		expect(["a*bc", "aGVsbG8", "=", "____"].map(base64Decode)).toEqual(Array(4).fill(undefined));
		expect(base64Decode("aGV\r\nsbG8=")).toBe("hello");
		expect(base64Decode("/2E=")).toBe("\ufffda");
	});

	it.each([
		["plain", '"plain"'],
		['a"b\\c\n\t', '"a\\"b\\\\c\\n\\t"'],
		["\x01\x7f\u0085\u00a0\u2028\ufeff", '"\\x01\\x7f\\u0085\\u00a0\\u2028\\ufeff"'],
		["é✓😀", '"é✓😀"'],
		["\u{e0001}", '"\\U000e0001"'],
	])("%j is quoted as %s", (text, quoted) => {
		expect(quote(text)).toBe(quoted);
	});

	it.each([
		['"a\\n\\"\\\\"', 'a\n"\\'],
		['"\\u00e9"', undefined],
		["`a\\n\r`", "a\\n"],
		['"\\q"', undefined],
		['"\\ud800"', undefined],
		['"\\x41"', undefined],
	])("the literal %s says %j", (literal, text) => {
		expect(unquote(literal)).toBe(text);
	});

	it("loses all of Go's spaces at its ends", () => {
		expect(trimSpace("\u0085\u2003 a\u00a0b \n\ufeff")).toBe("a\u00a0b \n\ufeff");
		expect(trimSpace(" \t ")).toBe("");
	});
});

describe("numbers", () => {
	it.each([
		["12", 12n],
		["-0x1F", -31n],
		["017", 15n],
		["0o17", 15n],
		["0b11", 3n],
		["1_000", 1000n],
		["0x_1", 1n],
		["08", undefined],
		["1__0", undefined],
		["_1", undefined],
		["1_", undefined],
		["9223372036854775808", undefined],
		["", undefined],
	])("ParseInt of %s", (text, value) => {
		expect(parseInt64(text)).toBe(value);
	});

	it("are read with what fits them", () => {
		expect(parseUint64("18446744073709551615")).toBe(2n ** 64n - 1n);
		expect(["+1", "18446744073709551616"].map(parseUint64)).toEqual([undefined, undefined]);
		expect(["007", "+5", "0x1"].map(parseDecimal64)).toEqual([7n, 5n, undefined]);
		expect(["1e3", ".5", "5.", "1e400", "e1", "1_0"].map(parseFloat64)).toEqual([
			1000,
			0.5,
			5,
			undefined,
			undefined,
			undefined,
		]);
		expect(([1.9, "1.00", "1.5", "x", true, null, 1e300] as Value[]).map(toInt64)).toEqual([
			1n,
			1n,
			0n,
			0n,
			1n,
			0n,
			-(2n ** 63n),
		]);
	});

	it.each([
		[1e6, "1e+06"],
		[100_000, "100000"],
		[123_456_789, "1.23456789e+08"],
		[0.0001, "0.0001"],
		[0.000_01, "1e-05"],
		[-0, "-0"],
		[Number.POSITIVE_INFINITY, "+Inf"],
	])("%d prints as %s", (value, text) => {
		expect(formatFloat(value)).toBe(text);
	});
});

describe("printf", () => {
	it.each<[string, Value[], string]>([
		["%s-%v %d%%", ["a", [1, "b"], 5n], "a-[1 b] 5%"],
		["%q %t %v", ['"', true, new Map([["k", null]])], '"\\"" true map[k:<nil>]'],
		["%.0f %.0f", [-2, 2 ** 70], "-2 1180591620717411303424"],
	])("%s of %s is %s", (pattern, operands, text) => {
		expect(sprintf(pattern, operands)).toBe(text);
	});

	it.each<[string, Value[]]>([
		["%d", ["x"]],
		["%x", [1n]],
		["%5d", [1n]],
		["%s", []],
		["x", [1n]],
		["%", []],
		["%s", [null]],
		["%.0f", [1.5]],
	])("refuses %s of %s, where Go prints its complaint", (pattern, operands) => {
		expect(() => sprintf(pattern, operands)).toThrow(CallError);
	});
});

describe("JSON", () => {
	it("has its keys in Go's order, and Go's escapes", () => {
		expect(writeJson(readJson('{"b":[1,1e21,1e-7,null],"a":"<\u2028\\u007f","é":{}}'))).toBe(
			'{"a":"<\\u2028\u007f","b":[1,1e+21,1e-7,null],"é":{}}',
		);
		expect(escapeHtml('{"a":"<&>"}')).toBe('{"a":"\\u003c\\u0026\\u003e"}');
		expect(writeJson(5n)).toBe("5");
	});

	it("keeps large integers where they are to be exact", () => {
		const text = '{"n":[9007199254740993,-9007199254740993,1.5,9007199254740993.0],"t":"#9007199254740993"}';
		expect(writeJson(readJson(text, "exact"))).toBe(text.replace("9007199254740993.0", "9007199254740992"));
		expect(() => readJson("18446744073709551616", "exact")).toThrow("would be rounded");
		expect(() => readJson("[1e400]")).toThrow("too large");
		expect(() => readJson("{")).toThrow(expect.objectContaining({ name: "JsonError" }));
	});
});

describe("patterns", () => {
	it.each([
		["^a.c$", "a\rc", true],
		["^a.c$", "a\nc", false],
		["a$", "a\n", false],
		["a\\sb", "a\u00a0b", false],
		["a[\\s.]b", "a b", true],
		["\\S", "\u00a0", true],
		["(?i)private", "PRIVATE", true],
		["^(?:a|b)+?\\.x{2}$", "ab.xx", true],
		["^.$", "😀", true],
		["[^/]:\\/", "a:/", true],
	])("%s on %j: %s, as RE2 has it", (pattern, text, matches) => {
		expect(compilePattern(pattern).test(text)).toBe(matches);
	});

	it.each([
		"(?=a)",
		"(?<n>a)",
		"(?P<n>a)",
		"(a)\\1",
		"(?s).",
		"\\pL",
		"[[:alpha:]]",
		"\\A",
		"[\\S]",
		"[]a]",
		"a{,2}",
		"(",
		"a**",
	])("%s is refused: only one of RE2 and JavaScript has it", (pattern) => {
		expect(() => compilePattern(pattern)).toThrow("not supported by this renderer");
	});
});

describe("versions", () => {
	it.each([
		["1.28.9", "<1.29.0-0", true],
		["v1.29.0", "<1.29.0-0", false],
		["1.30.1", ">=1.30.1", true],
		["1.30.1", "> 1.30.0", true],
		["1.2.3", "<=1.2.3", true],
		["1.2.3", ">1.2", undefined],
		["1.2.3", "~1.2.0", undefined],
		["1.2.3", "<=1.2.3-0", undefined],
		["1.2.3-rc.1", ">=1.2.0", undefined],
		["one", ">=1.0.0", undefined],
	])("%s %s: %s", (version, constraint, answer) => {
		expect(satisfies(version, constraint)).toBe(answer);
	});

	it("are told from what is none", () => {
		expect(["1.2.3-rc.1+b", "v2", "one", "1.2.3.4"].map(parseVersion)).toEqual([
			[1, 2, 3],
			[2, 0, 0],
			undefined,
			undefined,
		]);
	});
});
