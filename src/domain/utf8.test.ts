import { describe, expect, it } from "vitest";
import { textFlaw } from "./utf8.ts";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
	Uint8Array.from(
		Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part)))),
	);

describe("bytes that a user gives us as text", () => {
	it.each([
		["nothing", bytes()],
		["ASCII", bytes("a: b\n")],
		["characters of every length", bytes("é漢🚀\u{10ffff}\ufffd\ufffe")],
		["a byte order mark of UTF-8", bytes([0xef, 0xbb, 0xbf], "a: b\n")],
	])("may be %s", (_, text) => {
		expect(textFlaw(text)).toBeUndefined();
	});

	it.each([
		["Latin-1", bytes("a: b # caf", [0xe9], "\n"), "byte 0xe9 at offset 10 (line 1)"],
		["Latin-1 further down", bytes("é: ü\n\n", [0xfc], "x"), "byte 0xfc at offset 8 (line 3)"],
		["a character without its end", bytes("x", [0xe2, 0x82]), "byte 0xe2 at offset 1 (line 1)"],
		["the rest of one", bytes([0x80]), "byte 0x80 at offset 0 (line 1)"],
		["half a pair", bytes([0xed, 0xa0, 0x80]), "byte 0xed at offset 0 (line 1)"],
		["more bytes than it needs", bytes([0xc0, 0xaf]), "byte 0xc0 at offset 0 (line 1)"],
		["what is beyond Unicode", bytes([0xf4, 0x90, 0x80, 0x80]), "byte 0xf4 at offset 0 (line 1)"],
	])("are not %s", (_, text, place) => {
		expect(textFlaw(text)?.complaint).toBe(`is not UTF-8: ${place}`);
		expect(textFlaw(text)?.accepted).toContain("iconv");
	});

	it.each([
		["UTF-16", [0xff, 0xfe, 0x61, 0], "0xff 0xfe"],
		["UTF-16", [0xfe, 0xff, 0, 0x61], "0xfe 0xff"],
		["UTF-32", [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], "0xff 0xfe 0x00 0x00"],
		["UTF-32", [0, 0, 0xfe, 0xff, 0, 0, 0, 0x61], "0x00 0x00 0xfe 0xff"],
	])("are not %s, and how to convert it is said", (encoding, text, mark) => {
		const { complaint = "", accepted = "" } = textFlaw(bytes(text)) ?? {};
		expect(complaint).toBe(`is in ${encoding}, as the byte order mark ${mark} at offset 0 says`);
		expect(accepted).toContain("Out-File -Encoding utf8");
		expect(accepted).toContain(`iconv -f ${encoding} -t UTF-8`);
	});

	it("hold no NUL", () => {
		expect(textFlaw(bytes("a\n\0"))).toEqual({
			complaint: "has a NUL byte: 0x00 at offset 2 (line 2)",
			accepted: "text in UTF-8",
		});
	});

	it.each([
		["LE", [0x61, 0, 0x3a, 0]],
		["BE", [0, 0x61, 0, 0x3a]],
	])("are not UTF-16%s without a mark, and how to convert it is said", (order, text) => {
		expect(textFlaw(bytes(text))?.complaint).toContain("has a NUL byte");
		expect(textFlaw(bytes(text))?.accepted).toContain(`iconv -f UTF-16${order} -t UTF-8`);
	});
});
