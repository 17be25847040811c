import { describe, expect, it } from "vitest";
import {
	acknowledgedErrno,
	acknowledgeFlag,
	type ByteOrder,
	encodeAttribute,
	encodeInteger,
	encodeMessage,
	encodeText,
	findAttribute,
	parseInteger,
	parseName,
	splitMessages,
} from "./netlink.ts";

describe.each<ByteOrder>(["little", "big"])("on a machine whose order is %s-endian", (order) => {
	/** A number's bytes, lowest first here. */
	const bytes = (...littleEndian: readonly number[]) =>
		order === "little" ? [...littleEndian] : [...littleEndian].reverse();
	const header = (length: number, type: number, flags: number) => [
		...bytes(length, 0, 0, 0),
		...bytes(type, 0),
		...bytes(flags & 0xff, flags >> 8),
		...bytes(1, 0, 0, 0),
		...bytes(0, 0, 0, 0),
	];

	it("numbers are in its order, and texts end with a zero byte", () => {
		expect(encodeInteger(0x0102, 2, order)).toEqual(bytes(2, 1));
		expect(encodeInteger(0x01020304, 4, order)).toEqual(bytes(4, 3, 2, 1));
		expect(encodeText("eth0")).toEqual([0x65, 0x74, 0x68, 0x30, 0]);
	});

	it("a message is a request with a header, and then has its body", () => {
		const message = encodeMessage({ type: 16, flags: 0x600 | acknowledgeFlag }, [7, 8], order);
		expect(message).toEqual([...header(18, 16, 0x605), 7, 8]);
		expect(encodeMessage({ type: 16, flags: 0, sequence: 9 }, [], order).slice(8, 12)).toEqual(
			bytes(9, 0, 0, 0),
		);
	});

	it("an attribute is padded to four bytes, which do not count, and may hold others", () => {
		const inner = encodeAttribute(1, [9], order);
		expect(inner).toEqual([...bytes(5, 0), ...bytes(1, 0), 9, 0, 0, 0]);
		expect(encodeAttribute(2, [5, 6, 7, 8, ...inner], order)).toEqual([
			...[...bytes(16, 0), ...bytes(2, 0)],
			...[5, 6, 7, 8, ...inner],
		]);
	});

	it("what is encoded is read again, several messages in one datagram too", () => {
		const attributes = [
			...encodeAttribute(3, encodeText("a"), order),
			...encodeAttribute(4, encodeText("veth"), order),
			...encodeAttribute(28, encodeInteger(0x01020304, 4, order), order),
		];
		const datagram = [1, 2].flatMap((type) => encodeMessage({ type, flags: 0 }, attributes, order));
		const messages = splitMessages(datagram, order);
		expect(messages.map(({ type, flags }) => [type, flags])).toEqual([
			[1, 1],
			[2, 1],
		]);
		for (const message of messages) {
			const text = (type: number) => {
				const found = findAttribute(datagram, message, type, order);
				return found && parseName(datagram, found.start, found.end);
			};
			expect([text(3), text(4), text(5)]).toEqual(["a", "veth", undefined]);
			const number = findAttribute(datagram, message, 28, order);
			expect(parseInteger(datagram, number?.start ?? 0, order)).toBe(0x01020304);
		}
	});

	const answer = (type: number, errno: number) =>
		encodeMessage({ type, flags: 0 }, encodeInteger(-errno, 4, order), order);

	it("an acknowledgement is an error's number, or none", () => {
		expect(acknowledgedErrno(answer(2, 17), order)).toBe(17);
		expect(acknowledgedErrno(answer(2, 0), order)).toBe(0);
		expect(acknowledgedErrno([...answer(2, 0), ...answer(2, 16), ...answer(2, 1)], order)).toBe(16);
	});

	it("what is none, or not only that, is not taken for one", () => {
		expect(acknowledgedErrno([], order)).toBeUndefined();
		expect(acknowledgedErrno(answer(3, 0), order)).toBeUndefined();
		expect(acknowledgedErrno([...answer(2, 0), ...answer(16, 0)], order)).toBeUndefined();
		expect(acknowledgedErrno(answer(2, 0).slice(0, 18), order)).toBeUndefined();
	});
});
