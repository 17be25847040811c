import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("a duration", () => {
	it.each([
		["0", 0],
		["0s", 0],
		["500ms", 500],
		["10s", 10_000],
		["1.5s", 1500],
		["5m", 300_000],
		["1h", 3_600_000],
		["1h30m", 5_400_000],
		["576h", 2_073_600_000],
	])("may be %s", (text, value) => {
		expect(parseDuration(text, "--time")).toEqual({ ok: true, value });
	});

	it.each(["", "10", "s", "-1s", "1 s", "1d", "1s1", ".5s", "1e3s", "577h", "99999999999s", "10S"])(
		"may not be %j",
		(text) => {
			expect(parseDuration(text, "--time")).toMatchObject({
				ok: false,
				problems: [{ source: "--time", value: text }],
			});
		},
	);

	it("may have a least value", () => {
		expect(parseDuration("0", "--time", 1).ok).toBe(false);
		expect(parseDuration("1ms", "--time", 1).ok).toBe(true);
	});
});
