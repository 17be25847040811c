import { describe, expect, it } from "vitest";
import { addressesIn, dumpAddresses, type InterfaceAddress } from "./addresses.ts";
import { u8, type Words, words, zeros } from "./bytes.ts";

const [ours, peers, loop] = ["\n\0\0\x05", "\n\0\0\x01", "\x7f\0\0\x01"];
const six = `\xfd${zeros(14)}\x05`;

function address({ message, attribute, u32 }: Words, scope: number, ...fields: [number, string][]): string {
	const header = u8(2) + u8(24) + u8(0) + u8(scope) + u32(2);
	const attributes = fields.map(([type, content]) => attribute(type, content)).join("");
	return message({ type: 20, flags: 2, sequence: 1 }, header + attributes);
}

function from(bytes: string, isHosts = false): InterfaceAddress {
	return { index: 2, bytes, prefix: 24, isHosts };
}

function end({ message, u32 }: Words, { flags = 2, type = 3 } = {}): string {
	return message({ type, flags, sequence: 1 }, u32(0));
}

describe.each(["little", "big"] as const)("on a machine whose order is %s-endian, addresses", (name) => {
	const order = words[name];
	const usual = address(order, 0, [1, ours], [2, ours]);

	it("are asked for of all interfaces", () => {
		const asked = dumpAddresses(name);
		expect([order.u32At(asked, 0), order.u16At(asked, 4), order.u16At(asked, 6)]).toEqual([24, 22, 0x301]);
	});

	it.each([
		["of both families", [usual + address(order, 0, [1, six]), end(order)], [from(ours), from(six)]],
		["and not the peer's", [address(order, 0, [1, peers], [2, ours]), end(order)], [from(ours)]],
		["that are the host's own", [address(order, 254, [1, loop], [2, loop]) + end(order)], [from(loop, true)]],
		["none", [end(order)], []],
		["told without an end", [usual], undefined],
		["told in an answer that is cut short", [usual, end(order).slice(0, 18)], undefined],
		["told while they changed", [usual, end(order, { flags: 0x12 })], undefined],
		["refused", [end(order, { flags: 0, type: 2 })], undefined],
		["not told", [], undefined],
	] as const)("%s", (_, datagrams, expected) => {
		expect(addressesIn(datagrams, name)).toEqual(expected);
	});
});
