import { describe, expect, it } from "vitest";
import type { Port } from "../domain/port.ts";
import { portsBeside, samplePorts, spread } from "./port-probes.ts";

const range = (low: number, high = low) => ({ low: low as Port, high: high as Port });

describe("samplePorts", () => {
	it.each([
		["none", [], []],
		["a port", [range(80)], [80]],
		["both ends of each range, each once", [range(80, 90), range(90, 95), range(443)], [80, 90, 95, 443]],
	])("is of %s", (_, ranges, ports) => {
		expect(samplePorts(ranges)).toEqual(ports);
	});

	it("is of 32 ports of a long list, the first and the last among them", () => {
		const ports = samplePorts(Array.from({ length: 1000 }, (_, index) => range(index + 1)));
		expect(ports).toHaveLength(32);
		expect([ports[0], ports[1], ports.at(-1)]).toEqual([1, 33, 1000]);
	});
});

describe("portsBeside", () => {
	it("are just outside of ranges, and exist", () => {
		expect(portsBeside([range(80, 90), range(1, 5), range(65_535)])).toEqual([79, 91, 6, 65_534]);
	});

	it("are eight at most", () => {
		const ports = portsBeside(Array.from({ length: 100 }, (_, index) => range(10 * index + 10)));
		expect(ports).toHaveLength(8);
		expect([ports[0], ports.at(-1)]).toEqual([9, 1001]);
	});
});

describe("spread", () => {
	it("takes all where there are no more", () => {
		expect(spread(["a", "b", "c"], 3)).toEqual(["a", "b", "c"]);
	});

	it("takes some at equal distances where there are", () => {
		expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3)).toEqual([0, 5, 10]);
	});
});
