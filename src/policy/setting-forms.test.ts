import { describe, expect, it } from "vitest";
import { parseSeconds } from "../domain/duration.ts";
import { annotationNames, configKeys } from "./annotation-keys.ts";
import {
	formatImage,
	parseImageName,
	parseImageVersion,
	parseQuantity,
	parseSwitch,
	quantityValue,
} from "./setting-forms.ts";

const value = (parsed: { ok: boolean; value?: unknown }) => (parsed.ok ? parsed.value : undefined);

describe("a time", () => {
	it.each([
		["0", 0],
		["30", 30],
		["30s", 30],
		["1m30s", 90],
		["2h", 7200],
		["1h1m1s", 3661],
		["2147483", 2_147_483],
	])("%s is %i seconds", (text, seconds) => {
		expect(value(parseSeconds(text, "x"))).toBe(seconds);
	});

	it.each(["", "-1", "1.5s", "30ms", "s", "1m 1s", "2147484", "597h", "soon", "1 s"])(
		"%j is none",
		(text) => {
			expect(parseSeconds(text, "x").ok).toBe(false);
		},
	);
});

describe("an image", () => {
	it.each([
		"nginx",
		"library/nginx",
		"example.com/a/b",
		"localhost:5000/a",
		"Host.example:80/a__b/c-d",
		"a.b/c",
	])("can be called %s", (text) => {
		expect(parseImageName(text, "x").ok).toBe(true);
	});

	it.each([
		"",
		"nginx:1.27",
		"a@sha256:0",
		"UPPER",
		"a//b",
		"/a",
		"a/",
		"a b",
		"a/-b",
		"https://example.com/a",
	])("cannot be called %j", (text) => {
		expect(parseImageName(text, "x").ok).toBe(false);
	});

	it("has a tag or a digest", () => {
		expect(formatImage("a/b", "v1")).toBe("a/b:v1");
		expect(formatImage("a/b", `sha256:${"0".repeat(64)}`)).toBe(`a/b@sha256:${"0".repeat(64)}`);
		for (const text of ["", "-v", "a:b", "sha256:0", "x".repeat(129)]) {
			expect(parseImageVersion(text, "x").ok).toBe(false);
		}
	});
});

describe("a quantity", () => {
	it.each(["1", "0.5", ".5", "100m", "64Mi", "1G", "1e3", "12E-2", "5n"])("can be %s", (text) => {
		expect(value(parseQuantity(text, "x"))).toBe(text);
	});

	it.each(["", "-1", "+1", "1 Gi", "1GiB", "mi", "1e", "0x1", "1,5"])("cannot be %j", (text) => {
		expect(parseQuantity(text, "x").ok).toBe(false);
	});
});

describe("a switch", () => {
	it("is on or off, and nothing else", () => {
		expect(
			["true", "enabled", "false", "disabled", "yes", "on"].map((text) => value(parseSwitch(text, "x"))),
		).toEqual([true, true, false, false, undefined, undefined]);
	});
});

describe("the settings", () => {
	it("are each called once, and found under Linkerd's prefix too", () => {
		const names = configKeys.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		expect(annotationNames("skip-inbound-ports")).toEqual([
			"config.shunt.dev/skip-inbound-ports",
			"config.linkerd.io/skip-inbound-ports",
		]);
	});
});

describe("how much a quantity is", () => {
	it.each([
		["1", 1],
		["100m", 0.1],
		["0.5", 0.5],
		[".5Gi", 2 ** 29],
		["64Mi", 64 * 2 ** 20],
		["1e3", 1000],
		["1E3", 1000],
		["2E", 2e18],
		["1Ei", 2 ** 60],
		["5k", 5000],
		["250u", 0.00025],
		["much", undefined],
		["", undefined],
	])("is known of %s", (text, amount) => {
		expect(quantityValue(text)).toBe(amount);
	});
});
