import { describe, expect, it } from "vitest";
import { type Port, parseUsualPortRanges, portsInParts, singlePorts } from "./port.ts";

const range = (low: number, high = low) => ({ low: low as Port, high: high as Port });

describe("a list of single ports", () => {
	it.each([
		["as it was read", parseUsualPortRanges("80,443,8080") ?? []],
		["as it was made", [range(80), range(443), range(8080)]],
	])("is known by its numbers, %s", (_, ranges) => {
		expect(singlePorts(ranges)).toEqual([80, 443, 8080]);
		expect(singlePorts(ranges)).toBe(singlePorts(ranges));
	});

	it("has no range of several", () => {
		const ranges = [range(80), range(443, 444)];
		expect(singlePorts(ranges)).toBeUndefined();
		expect(singlePorts(ranges)).toBeUndefined();
	});

	it("comes apart in order, and each part is one", () => {
		const parts = portsInParts(parseUsualPortRanges("1,2,3,4,5") ?? [], 2);
		expect(parts).toEqual([[range(1), range(2)], [range(3), range(4)], [range(5)]]);
		expect(parts.map(singlePorts)).toEqual([[1, 2], [3, 4], [5]]);
	});

	it("comes apart also where a part has a range", () => {
		const parts = portsInParts([range(1), range(2), range(3, 9)], 2);
		expect(parts).toEqual([[range(1), range(2)], [range(3, 9)]]);
		expect(parts.map(singlePorts)).toEqual([[1, 2], undefined]);
	});
});
