import { describe, expect, it } from "vitest";
import { type Cidr, formatCidr, parseCidr } from "./cidr.ts";
import { addressNumber, intervalOf, mergeIntervals, subnetsBetween } from "./intervals.ts";

function cidr(text: string): Cidr {
	const parsed = parseCidr(text, "test");
	if (!parsed.ok) {
		throw new Error(text);
	}
	return parsed.value;
}

function merged(...spans: readonly (readonly [low: number, high: number])[]) {
	const intervals = spans.map(([low, high]) => ({ low: BigInt(low), high: BigInt(high) }));
	return mergeIntervals(intervals).map(({ low, high }) => [Number(low), Number(high)]);
}

describe("mergeIntervals", () => {
	it.each<[what: string, given: [number, number][], expected: [number, number][]]>([
		["none", [], []],
		["one", [[3, 5]], [[3, 5]]],
		[
			"neighbours",
			[
				[1, 2],
				[3, 4],
			],
			[[1, 4]],
		],
		[
			"what is apart by one",
			[
				[1, 2],
				[4, 5],
			],
			[
				[1, 2],
				[4, 5],
			],
		],
		[
			"what overlaps",
			[
				[1, 5],
				[3, 9],
			],
			[[1, 9]],
		],
		[
			"one inside another",
			[
				[1, 9],
				[3, 4],
			],
			[[1, 9]],
		],
		[
			"the same twice",
			[
				[7, 7],
				[7, 7],
			],
			[[7, 7]],
		],
		[
			"what is out of order",
			[
				[20, 21],
				[1, 1],
				[2, 3],
				[19, 19],
			],
			[
				[1, 3],
				[19, 21],
			],
		],
		[
			"what a wide one joins",
			[
				[1, 2],
				[8, 9],
				[3, 7],
			],
			[[1, 9]],
		],
	])("joins %s", (_, given, expected) => {
		expect(merged(...given)).toEqual(expected);
	});

	it("leaves what it was given as it is", () => {
		const given = [
			{ low: 5n, high: 6n },
			{ low: 1n, high: 4n },
		];
		mergeIntervals(given);
		expect(given).toEqual([
			{ low: 5n, high: 6n },
			{ low: 1n, high: 4n },
		]);
	});
});

describe("addresses as numbers", () => {
	it.each([
		["0.0.0.0", 0n],
		["10.0.0.1", 0x0a000001n],
		["255.255.255.255", 0xffffffffn],
		["::1", 1n],
		["2001:db8::", 0x20010db8n << 96n],
	])("%s", (text, number) => {
		expect(addressNumber(text)).toBe(number);
	});

	it.each([
		["10.0.0.0/8", 0x0a000000n, 0x0affffffn],
		["10.0.0.1/32", 0x0a000001n, 0x0a000001n],
		["0.0.0.0/0", 0n, 0xffffffffn],
		["::/0", 0n, (1n << 128n) - 1n],
		["fd00::/8", 0xfdn << 120n, (0xfen << 120n) - 1n],
	])("%s is a span", (text, low, high) => {
		expect(intervalOf(cidr(text))).toEqual({ low, high });
	});
});

describe("subnetsBetween", () => {
	it.each<[first: string, last: string, expected: string[]]>([
		["10.0.0.1", "10.0.0.1", ["10.0.0.1/32"]],
		["10.0.0.0", "10.255.255.255", ["10.0.0.0/8"]],
		["0.0.0.0", "255.255.255.255", ["0.0.0.0/0"]],
		["10.0.0.1", "10.0.0.2", ["10.0.0.1/32", "10.0.0.2/32"]],
		["10.0.0.1", "10.0.0.6", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]],
		["192.0.2.0", "192.0.2.2", ["192.0.2.0/31", "192.0.2.2/32"]],
		["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]],
		["::1", "::4", ["::1/128", "::2/127", "::4/128"]],
	])("from %s to %s", (first, last, expected) => {
		expect(subnetsBetween(first, last).map(formatCidr)).toEqual(expected);
	});
});
