import { describe, expect, it } from "vitest";
import { parseDuration, parseSeconds } from "./duration.ts";

const unreadable = ["", " ", "s", "1 s", " 1s", "1s ", "1s1", "1e3s", "0x10s", "1,5s", "٣s", "10S", "1w"];

describe("a duration", () => {
	it.each([
		["0", 0],
		["0s", 0],
		["500ms", 500],
		["10s", 10_000],
		["1.5s", 1500],
		["1.1s", 1100],
		[".5s", 500],
		["1.s", 1000],
		["5m", 300_000],
		["1m30s", 90_000],
		["1h", 3_600_000],
		["1h30m", 5_400_000],
		["1d", 86_400_000],
		["1d12h", 129_600_000],
		["1500us", 1.5],
		["1500µs", 1.5],
		["1500μs", 1.5],
		["2000000ns", 2],
		["24d", 2_073_600_000],
		["576h", 2_073_600_000],
	])("may be %s", (text, value) => {
		expect(parseDuration(text, "--time")).toEqual({ ok: true, value });
	});

	it.each([...unreadable, "10", "-1s", "+1s", "577h", "25d", "99999999999s"])("may not be %j", (text) => {
		expect(parseDuration(text, "--time")).toMatchObject({
			ok: false,
			problems: [{ source: "--time", value: text }],
		});
	});

	it("may have a least value", () => {
		expect(parseDuration("0", "--time", 1).ok).toBe(false);
		expect(parseDuration("999us", "--time", 1).ok).toBe(false);
		expect(parseDuration("1ms", "--time", 1).ok).toBe(true);
	});
});

describe("a number of seconds", () => {
	it.each([
		["0", 0],
		["30", 30],
		["30s", 30],
		["1m30s", 90],
		["1.5m", 90],
		["2h", 7200],
		["1d", 86_400],
		["2000ms", 2],
		["2147483", 2_147_483],
	])("may be %s", (text, value) => {
		expect(parseSeconds(text, "--time")).toEqual({ ok: true, value });
	});

	it.each([...unreadable, "-5", "+5", "030", "1.5", "500ms", "1.5s", "0x10", "1e3", "٣", "2147484", "25d"])(
		"may not be %j",
		(text) => {
			expect(parseSeconds(text, "--time")).toMatchObject({
				ok: false,
				problems: [{ source: "--time", value: text }],
			});
		},
	);
});
