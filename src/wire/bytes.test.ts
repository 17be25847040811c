import { describe, expect, it } from "vitest";
import { attributesIn, be32In, fieldsIn, messagesIn, stringIn } from "./attributes.ts";
import {
	be16,
	be16At,
	be32,
	be32At,
	cString,
	fixedString,
	paddingBehind,
	textOf,
	utf8,
	words,
} from "./bytes.ts";

const { little, big } = words;

describe("numbers", () => {
	it("of the network have the highest byte first, also where they are negative", () => {
		expect(be16(0x1234)).toBe("\x12\x34");
		expect(be32(0x12345678)).toBe("\x12\x34\x56\x78");
		expect(be32(-5)).toBe("\xff\xff\xff\xfb");
		expect(be32At("..\xff\xff\xff\xfb", 2)).toBe(0xffff_fffb);
		expect(be16At("\x12\x34", 0)).toBe(0x1234);
	});

	it("of the machine are in its own order", () => {
		expect(little.u16(0x1234)).toBe("\x34\x12");
		expect(little.u32(0x12345678)).toBe("\x78\x56\x34\x12");
		expect(big.u16(0x1234)).toBe("\x12\x34");
		expect(big.u32(0x12345678)).toBe("\x12\x34\x56\x78");
		for (const order of [little, big]) {
			expect(order.u16At(order.u16(0xfffe), 0)).toBe(0xfffe);
			expect(order.u32At(order.u32(0xffff_fffe), 0)).toBe(0xffff_fffe);
		}
	});

	it("beyond the end are made of zeros", () => {
		expect(little.u32At("\x01", 0)).toBe(1);
		expect(be32At("\x01", 0)).toBe(0x0100_0000);
	});
});

describe("texts", () => {
	it("are UTF-8, and end in a NUL where attributes have one", () => {
		expect(cString("nat")).toBe("nat\0");
		expect(utf8("–")).toBe("\xe2\x80\x93");
		expect(textOf("\xe2\x80\x93\0rest")).toBe("–");
	});

	it("that are no UTF-8 come out one character a byte", () => {
		expect(textOf("a\xff\xfeb\0")).toBe("a\xff\xfeb");
	});

	it("fill a field, or are refused", () => {
		expect(fixedString("lo", 4)).toBe("lo\0\0");
		expect(() => fixedString("eth0", 4)).toThrow('"eth0" has no room in 4 bytes');
	});
});

describe("attributes", () => {
	it("are padded to four bytes, which do not count", () => {
		expect(little.attribute(1, "a\0")).toBe("\x06\0\x01\0a\0\0\0");
		expect(big.nest(4, "1234")).toBe("\0\x08\x80\x041234");
		expect([0, 1, 2, 3].map((length) => paddingBehind(length).length)).toEqual([0, 3, 2, 1]);
	});

	it("of which the length cannot be told are refused: the kernel would read a shorter one", () => {
		expect(little.attribute(1, "x".repeat(65_531))).toHaveLength(65_536);
		expect(() => little.attribute(1, "x".repeat(65_532))).toThrow(/65536 bytes: at most 65535/);
	});

	it.each([little, big])("are found again, and of two of one type the last", (order) => {
		const bytes =
			order.attribute(1, "a\0") + order.nest(2, order.attribute(1, be32(7))) + order.attribute(1, "b\0");
		const fields = fieldsIn(bytes, { start: 0, end: bytes.length }, order)!;
		expect(stringIn(bytes, fields[1])).toBe("b");
		const inner = fieldsIn(bytes, fields[2]!, order)!;
		expect(be32In(bytes, inner[1])).toBe(7);
		expect(be32In(bytes, fields[1])).toBeUndefined();
	});

	it.each([
		["shorter than its own head", "\x03\0\x01\0"],
		["of no length", "\0\0\x01\0"],
		["longer than what holds it", "\x09\0\x01\0aaaa"],
		["with something behind it that is none", "\x04\0\x01\0a"],
	])("that are wrong make the whole unreadable: one %s", (_, bytes) => {
		expect(attributesIn(bytes, { start: 0, end: bytes.length }, little)).toBeUndefined();
	});
});

describe("messages", () => {
	const message = little.message({ type: 16, flags: 5, sequence: 9 }, "body");

	it("have a head in the machine's order", () => {
		expect(message).toBe("\x14\0\0\0\x10\0\x05\0\x09\0\0\0\0\0\0\0body");
		expect(messagesIn(message + message, little)).toEqual([
			{ type: 16, flags: 5, sequence: 9, start: 16, end: 20 },
			{ type: 16, flags: 5, sequence: 9, start: 36, end: 40 },
		]);
	});

	it.each([
		["cut short", message.slice(0, -1)],
		["with a length of nothing", `\0\0\0\0${message.slice(4)}`],
		["with a length beyond the end", `\xff\xff\xff\xff${message.slice(4)}`],
		["with half of another behind it", message + message.slice(0, 8)],
	])("that are wrong are none: one %s", (_, bytes) => {
		expect(messagesIn(bytes, little)).toBeUndefined();
	});
});
