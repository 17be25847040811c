import { describe, expect, it } from "vitest";
import { type Words, words, zeros } from "./bytes.ts";
import { holdsEntries, withoutCounters } from "./ip-table-requests.ts";

const families = [
	["ipv4", 88, 112],
	["ipv6", 140, 168],
] as const;

/** An entry with so much behind its header; `length` is what it says itself. */
function entry({ u16 }: Words, [offset, header]: readonly [number, number], counted: string, rest = "rest") {
	const length = header + rest.length;
	const head = zeros(offset + 2) + u16(length);
	return head + zeros(header - 16 - head.length) + counted.padEnd(16, "\0") + rest;
}

describe.each(families)("entries of %s without what they have counted", (family, offset, header) => {
	const order = words.little;
	const one = (counted: string, rest?: string) => entry(order, [offset, header], counted, rest);

	it("are the same whatever that is, and others where anything else is", () => {
		const bare = withoutCounters(family, one("1") + one("2"), order);
		expect(withoutCounters(family, one("99") + one(""), order)).toBe(bare);
		expect(withoutCounters(family, one("1") + one("2", "Rest"), order)).not.toBe(bare);
		expect(withoutCounters(family, one("1"), order)).not.toBe(bare);
		expect(withoutCounters(family, "", order)).toBe("");
	});

	it("are told from an answer's, byte by byte", () => {
		const bare = withoutCounters(family, one("1") + one("2"), order) ?? "";
		const holds = (entries: string) =>
			holdsEntries(family, Buffer.from(zeros(40) + entries, "latin1"), bare, order);
		expect(holds(one("99") + one(""))).toBe(true);
		expect(holds(one("99") + one("", "Rest"))).toBe(false);
		expect(holds(one("99", "Rest") + one(""))).toBe(false);
		expect(holds(one("99"))).toBe(false);
		expect(holds(one("99") + one("") + one(""))).toBe(false);
		expect(holds("")).toBe(false);
		const counted = (at: number) => at % (header + 4) >= header - 16 && at % (header + 4) < header;
		const both = one("1") + one("2");
		for (let at = 0; at < both.length; at++) {
			const other = `${both.slice(0, at)}\xff${both.slice(at + 1)}`;
			expect([at, holds(other)]).toEqual([at, counted(at)]);
		}
	});

	it("are not to be had of bytes that end early, or of a length that is none", () => {
		expect(withoutCounters(family, one("1").slice(0, -1), order)).toBe(undefined);
		expect(withoutCounters(family, one("1") + zeros(header), order)).toBe(undefined);
	});
});
