import { describe, expect, it } from "vitest";
import { formatProblem, type Result } from "../domain/problem.ts";
import { parseLogFilter } from "./log-filter.ts";
import { parseRequirement } from "./requirement.ts";
import { parseSocketAddress } from "./socket-address.ts";
import { parseTimeout } from "./timeout.ts";

const outcomeOf = <T>(result: Result<T>): T | string =>
	result.ok ? result.value : result.problems.map(formatProblem).join("\n");

describe("a timeout", () => {
	it.each([
		["0", 0],
		["0ms", 0],
		["500ms", 500],
		["10s", 10_000],
		[" 2m ", 120_000],
		["1h", 3_600_000],
		["2d", 172_800_000],
	])("%j is %d ms", (text, milliseconds) => {
		expect(outcomeOf(parseTimeout(text, "--timeout"))).toBe(milliseconds);
	});

	it.each(["", "120", "s", "-1s", "1.5s", "10S", "1h30m", "25d", "99999999999999s"])("%j is none", (text) => {
		expect(outcomeOf(parseTimeout(text, "--timeout"))).toMatch(/^--timeout: ".*" is not a time \(want /);
	});
});

describe("a log level", () => {
	it.each([
		["info", "info"],
		["WARN", "warn"],
		["warning", "warn"],
		["off", "panic"],
		["warn,linkerd=debug", "warn"],
		["linkerd=debug,info", "info"],
		["linkerd=debug,hyper=warn", "debug"],
	])("%j is %s", (text, level) => {
		expect(outcomeOf(parseLogFilter(text, "--log-level"))).toBe(level);
	});

	it.each(["", "loud", "info,loud", "linkerd=loud,warn"])("%j is none", (text) => {
		expect(outcomeOf(parseLogFilter(text, "--log-level"))).toMatch(/^--log-level: ".*" is not known/);
	});
});

describe("an address with a port", () => {
	it.each([
		["192.0.2.2:1404", { address: "192.0.2.2", port: 1404 }],
		["0.0.0.0:1", { address: "0.0.0.0", port: 1 }],
		["[::]:4140", { address: "::", port: 4140 }],
		["[FD00:0::1]:20001", { address: "fd00::1", port: 20_001 }],
	])("%j", (text, endpoint) => {
		expect(outcomeOf(parseSocketAddress(text, "--connect-addr"))).toEqual(endpoint);
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
		expect(outcomeOf(parseSocketAddress(text, "--connect-addr"))).toMatch(/is not an address with a port/);
	});
});

it("a requirement is one of a few words", () => {
	expect(outcomeOf(parseRequirement("uid", "--require"))).toBe("uid");
	expect(outcomeOf(parseRequirement("user", "--require"))).toMatch(/^--require: "user" is not known/);
});
