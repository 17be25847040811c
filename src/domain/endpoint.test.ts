import { describe, expect, it } from "vitest";
import { formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { formatProblem, type Result } from "./problem.ts";

const outcomeOf = <T>(result: Result<T>): T | string =>
	result.ok ? result.value : result.problems.map(formatProblem).join("\n");

describe("an address with a port", () => {
	it.each([
		["192.0.2.2:1404", { address: "192.0.2.2", port: 1404 }],
		["0.0.0.0:1", { address: "0.0.0.0", port: 1 }],
		["[::]:4140", { address: "::", port: 4140 }],
		["[FD00:0::1]:20001", { address: "fd00::1", port: 20_001 }],
	])("%j", (text, endpoint) => {
		expect(outcomeOf(parseEndpoint(text, "--connect-addr"))).toEqual(endpoint);
	});

	it.each([
		"",
		"1.1.1.1",
		"1.1.1.1:",
		"1.1.1.1:0",
		"1.1.1.1:65536",
		"1.1.1:80",
		"::1:80",
		"[::1]",
		"[1.1.1.1]:80",
		"host:80",
	])("%j is none", (text) => {
		expect(outcomeOf(parseEndpoint(text, "--connect-addr"))).toMatch(/is not an address with a port/);
	});

	it("is written with brackets where colons would be ambiguous", () => {
		expect(formatEndpoint({ address: "10.0.0.1", port: 80 })).toBe("10.0.0.1:80");
		expect(formatEndpoint({ address: "fd00::1", port: 80 })).toBe("[fd00::1]:80");
	});
});
