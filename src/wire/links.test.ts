import { describe, expect, it } from "vitest";
import { cString, type Words, words, zeros } from "./bytes.ts";
import { dumpLinks, loopbackIn } from "./links.ts";

function link({ message, attribute, u32 }: Words, name: string, flags: number, more = 0): string {
	const header = `\0\0${zeros(2)}${u32(1)}${u32(flags)}${u32(0)}`;
	return message(
		{ type: 16, flags: 2 | more, sequence: 1 },
		header + attribute(13, zeros(1)) + attribute(3, cString(name)),
	);
}

function end({ message, u32 }: Words, flags = 2, type = 3): string {
	return message({ type, flags, sequence: 1 }, u32(0));
}

describe.each(["little", "big"] as const)(
	"on a machine whose order is %s-endian, the loopback interface",
	(name) => {
		const order = words[name];
		const usual = link(order, "lo", 0x49);
		const renamed = link(order, "inner0", 8);
		const ethernet = link(order, "eth0", 0x1043);

		it("is asked for among all", () => {
			const [length, type] = [order.u32At(dumpLinks(name), 0), order.u16At(dumpLinks(name), 4)];
			expect([length, type, order.u16At(dumpLinks(name), 6)]).toEqual([32, 18, 0x301]);
		});

		it.each([
			["up, and first", [usual + ethernet, end(order)], "lo"],
			["down, renamed, and last", [ethernet, renamed, end(order)], "inner0"],
			["in one datagram with the end", [ethernet + renamed + end(order)], "inner0"],
			["not there", [ethernet, end(order)], undefined],
			["told without an end", [ethernet, usual], undefined],
			["told in an answer that is cut short", [usual, end(order).slice(0, 18)], undefined],
			["told while interfaces changed", [link(order, "lo", 8, 0x10), end(order)], undefined],
			["told, and then the end says so", [usual, end(order, 0x12)], undefined],
			["refused", [end(order, 0, 2)], undefined],
			["not told", [], undefined],
		])("is %s", (_, datagrams, loopback) => {
			expect(loopbackIn(datagrams, name)).toBe(loopback);
		});
	},
);
