import { describe, expect, it } from "vitest";
import { logLevels, parseLogFilter, parseLogLevel } from "./log-level.ts";

const names = [
	...logLevels.map((level) => [level, level] as const),
	["INFO", "info"],
	["Warning", "warn"],
	["WARN", "warn"],
	["off", "panic"],
] as const;

describe("a log level", () => {
	it.each(names)("may be called %s, which is %s", (text, value) => {
		expect(parseLogLevel(text, "--log-level")).toEqual({ ok: true, value });
		expect(parseLogFilter(text, "--log-level")).toEqual({ ok: true, value });
	});

	it.each(["", "loud", "in fo", "warn,linkerd=debug", "constructor"])("may not be called %j", (value) => {
		expect(parseLogLevel(value, "--log-level")).toMatchObject({ ok: false, problems: [{ value }] });
	});
});

describe("a filter of several", () => {
	it.each([
		["warn,linkerd=debug", "warn"],
		["warn, linkerd=info, hickory=error", "warn"],
		["linkerd=debug,info", "info"],
		["linkerd=debug,hyper=warn", "debug"],
	])("%j is %s", (text, value) => {
		expect(parseLogFilter(text, "--log-level")).toEqual({ ok: true, value });
	});

	it.each(["", "loud", "info,loud", "linkerd=loud,warn", "info,"])("%j is none", (value) => {
		expect(parseLogFilter(value, "--log-level")).toMatchObject({ ok: false, problems: [{ value }] });
	});
});
