import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { all } from "../../src/domain/problem.ts";
import type { ListForm } from "../../src/policy/field.ts";
import { ports, ranges, subnets } from "../../src/policy/forms.ts";

/** Item by item, as what is not usual is read; undefined where one of them is wrong. */
function oneByOne<T>({ parse }: ListForm<T>, text: string): T[] | undefined {
	const read = all(text.split(",").map((item) => parse(item, "test")));
	return read.ok ? read.value : undefined;
}

const number = fc.oneof(
	fc.nat(300).map(String),
	fc.nat(70_000).map(String),
	fc.constantFrom(
		"",
		"0",
		"00",
		"08",
		"1e3",
		"1.0",
		"-1",
		"+1",
		" 1",
		"1 ",
		"65535",
		"65536",
		"٣",
		"x",
		"[1]",
	),
);
const portList = fc.array(number, { minLength: 1, maxLength: 6 }).map((items) => items.join(","));
const octet = fc.oneof({ weight: 6, arbitrary: fc.nat(255).map(String) }, { weight: 1, arbitrary: number });
const prefix = fc.oneof({ weight: 6, arbitrary: fc.nat(32).map(String) }, { weight: 1, arbitrary: number });
const subnet = fc.oneof(
	{
		weight: 9,
		arbitrary: fc
			.tuple(octet, octet, octet, octet, prefix)
			.map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`),
	},
	{
		weight: 1,
		arbitrary: fc.constantFrom("fd00::/8", "10.0.0.0", "10.0.0/8", "1.2.3.4.5/8", "10.0.0.0/8/9"),
	},
);
const subnetList = fc.array(subnet, { minLength: 1, maxLength: 6 }).map((items) => items.join(","));

describe("a list that is read as a whole", () => {
	it.each([
		["ports", ports],
		["ranges", ranges],
	] as readonly (readonly [string, ListForm<unknown>])[])("of %s is what its items are", (_, form) => {
		fc.assert(
			fc.property(portList, (text) => {
				const usual = form.parseUsual?.(text);
				expect(usual ?? oneByOne(form, text)).toEqual(oneByOne(form, text));
			}),
			{ numRuns: 2000 },
		);
	});

	it("of subnets is what its items are", () => {
		fc.assert(
			fc.property(subnetList, (text) => {
				const usual = subnets.parseUsual?.(text);
				expect(usual ?? oneByOne(subnets, text)).toEqual(oneByOne(subnets, text));
			}),
			{ numRuns: 2000 },
		);
	});

	it("is so where all of it is usual", () => {
		expect(ports.parseUsual?.("1,80,65535")).toEqual([1, 80, 65_535]);
		expect(ranges.parseUsual?.("80,1")).toEqual([
			{ low: 80, high: 80 },
			{ low: 1, high: 1 },
		]);
		expect(subnets.parseUsual?.("10.1.2.3/8,0.0.0.0/0")).toEqual([
			{ family: "ipv4", network: "10.0.0.0", first: "\x0a\0\0\0", prefix: 8, text: "10.1.2.3/8" },
			{ family: "ipv4", network: "0.0.0.0", first: "\0\0\0\0", prefix: 0, text: "0.0.0.0/0" },
		]);
	});

	it.each(["", "0", "80,", "80-90", "65536", "080", "80, 81"])("is not, with %j among ports", (text) => {
		expect(ports.parseUsual?.(text)).toBeUndefined();
		expect(ranges.parseUsual?.(text)).toBeUndefined();
	});

	it.each(["", "10.0.0.0/33", "10.0.0.256/8", "10.0.0.00/8", "fd00::/8", "10.0.0.0/08", "10.0.0.0/8,"])(
		"is not, with %j among subnets",
		(text) => expect(subnets.parseUsual?.(text)).toBeUndefined(),
	);
});
