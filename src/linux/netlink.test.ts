import { endianness } from "node:os";
import { describe, expect, it } from "vitest";
import { acknowledgedError, attribute, concat, netlinkMessage, text, u16, u32 } from "./netlink-message.ts";

const isLittle = endianness() === "LE";

/** A number in the bytes of this machine, lowest first here. */
function bytes(...littleEndian: readonly number[]): number[] {
	return isLittle ? [...littleEndian] : [...littleEndian].reverse();
}

describe("numbers and texts", () => {
	it("are in this machine's order, and end with a zero byte", () => {
		expect([...u16(0x0102)]).toEqual(bytes(2, 1));
		expect([...u32(0x01020304)]).toEqual(bytes(4, 3, 2, 1));
		expect([...text("eth0")]).toEqual([0x65, 0x74, 0x68, 0x30, 0]);
		expect([...concat([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])]).toEqual([1, 2, 3]);
	});
});

describe("a message", () => {
	const header = (length: number, type: number, flags: number) => [
		...bytes(length, 0, 0, 0),
		...bytes(type, 0),
		...bytes(flags & 0xff, flags >> 8),
		...bytes(1, 0, 0, 0),
		...bytes(0, 0, 0, 0),
	];

	it("has a header, asks for an acknowledgement, and then has its body", () => {
		expect([...netlinkMessage(16, 0x600, Uint8Array.of(7, 8), [])]).toEqual([...header(18, 16, 0x605), 7, 8]);
	});

	it("pads each attribute to four bytes, and does not count the padding", () => {
		const message = netlinkMessage(20, 0, Uint8Array.of(), [
			attribute(3, Uint8Array.of(1)),
			attribute(4, Uint8Array.of(1, 2, 3, 4)),
		]);
		expect([...message]).toEqual([
			...header(32, 20, 5),
			...[...bytes(5, 0), ...bytes(3, 0), 1, 0, 0, 0],
			...[...bytes(8, 0), ...bytes(4, 0), 1, 2, 3, 4],
		]);
	});

	it("holds attributes in attributes, behind what else is in them", () => {
		const inner = attribute(1, Uint8Array.of(9));
		expect([...attribute(2, Uint8Array.of(5, 6, 7, 8), inner).value]).toEqual([
			...[5, 6, 7, 8],
			...[...bytes(5, 0), ...bytes(1, 0), 9, 0, 0, 0],
		]);
	});
});

describe("an acknowledgement", () => {
	const answer = (error: number) => concat([new Uint8Array(16), u32(error)]);

	it("is an error's number, or none", () => {
		expect(acknowledgedError(answer(-17))).toBe(17);
		expect(acknowledgedError(answer(0)) === 0).toBe(true);
	});

	it("is read where it stands in a larger buffer", () => {
		const buffer = concat([new Uint8Array(8), answer(-1)]);
		expect(acknowledgedError(buffer.subarray(8))).toBe(1);
	});
});
