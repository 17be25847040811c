import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64Decode, base64Encode } from "./base64.ts";
import { compareStrings } from "./order.ts";
import { parseDecimal64, parseFloat64, parseInt64, parseUint64 } from "./parse-number.ts";
import { quote } from "./quote.ts";
import { unquote } from "./unquote.ts";
import { normalize, toWellFormed, utf8Decode, utf8Encode, utf8Length, utf8Slice } from "./utf8.ts";

const anyText = fc.string({ unit: "binary" });

describe("text and its bytes", () => {
	it("are those that Node makes", () => {
		fc.assert(
			fc.property(anyText, (text) => {
				expect(Buffer.from(utf8Encode(text)).equals(Buffer.from(text))).toBe(true);
				expect(utf8Length(text)).toBe(Buffer.byteLength(text));
				expect(utf8Decode(utf8Encode(text))).toBe(text);
			}),
		);
	});

	it("come back whatever the bytes are", () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				expect(utf8Encode(utf8Decode(bytes))).toEqual(bytes);
				const text = toWellFormed(utf8Decode(bytes));
				expect(Buffer.from(text).toString()).toBe(text);
			}),
		);
	});

	it("may be cut inside of a character and put together again", () => {
		const euro = "€";
		expect(utf8Slice(euro, 0, 1)).not.toBe(euro);
		expect(normalize(utf8Slice(euro, 0, 1) + utf8Slice(euro, 1, 3))).toBe(euro);
	});

	it("have an order of their own", () => {
		fc.assert(
			fc.property(anyText, anyText, (a, b) => {
				expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
			}),
		);
	});
});

describe("base64", () => {
	it("is what Node makes, and is read back", () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				const text = base64Encode(bytes);
				expect(text).toBe(Buffer.from(bytes).toString("base64"));
				expect(base64Decode(utf8Encode(text))).toEqual({ bytes });
			}),
		);
	});

	it.each([
		["a*b", 1],
		["aGVsbG8", 4],
		["aGVsbG8==", 8],
		["ab=", 3],
		["=", 0],
	])("complains about %s at byte %d, as Go counts", (text, wrongAt) => {
		expect(base64Decode(utf8Encode(text))).toEqual({ wrongAt });
	});
});

describe("a quoted string", () => {
	it("reads back as what it was", () => {
		fc.assert(
			fc.property(anyText, fc.boolean(), (text, asciiOnly) => {
				expect(unquote(quote(text, asciiOnly))).toBe(text);
			}),
		);
	});

	it.each([
		["\t\n\x07", '"\\t\\n\\a"'],
		['"\\', '"\\"\\\\"'],
		["é✓😀", '"é✓😀"'],
		["\u00a0\u200b\u{e0001}", '"\\u00a0\\u200b\\U000e0001"'],
		["\udcff", '"\\xff"'],
	])("of %j is %s", (text, quoted) => {
		expect(quote(text)).toBe(quoted);
	});

	it.each(['"\\q"', '"\\x4"', '"\\ud800"', '"\\400"', '"\\\'"'])("%s is none", (literal) => {
		expect(unquote(literal)).toBeUndefined();
	});
});

describe("numbers in text", () => {
	it.each([
		["017", 15n],
		["0x1F", 31n],
		["0b11", 3n],
		["0o17", 15n],
		["1_000", 1000n],
		["-5", -5n],
		["+5", 5n],
		["08", undefined],
		["1__0", undefined],
		["_1", undefined],
		["", undefined],
		["9223372036854775808", undefined],
	])("%s is %s to ParseInt", (text, number) => {
		expect(parseInt64(text)).toBe(number);
	});

	it("may be unsigned, or decimal and nothing else", () => {
		expect(parseUint64("18446744073709551615")).toBe(2n ** 64n - 1n);
		expect(parseUint64("-1")).toBeUndefined();
		expect(parseDecimal64("0x1F")).toBeUndefined();
		expect(parseDecimal64("007")).toBe(7n);
	});

	it.each([
		["1.5", 1.5],
		[".5", 0.5],
		["5.", 5],
		["1e3", 1000],
		["inf", Number.POSITIVE_INFINITY],
		["1e400", undefined],
		["1e", undefined],
		["._5", undefined],
	])("%s is %s to ParseFloat", (text, number) => {
		expect(parseFloat64(text)).toBe(number);
	});
});
