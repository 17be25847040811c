import { describe, expect, it } from "vitest";
import { parseConstraint, satisfies } from "./constraint.ts";
import { compareVersions, formatVersion, parseVersion } from "./version.ts";

function holds(constraintText: string, versionText: string): boolean | undefined {
	const constraint = parseConstraint(constraintText);
	const version = parseVersion(versionText);
	return constraint && version && satisfies(version, constraint);
}

describe("a constraint", () => {
	it.each([
		[">=1.20-0", "1.31.2", true],
		[">=1.20", "1.31.2-eks", false],
		[">=1.20-0", "1.31.2-eks", true],
		["^1.2.3", "1.9.0", true],
		["^1.2.3", "2.0.0", false],
		["^0.2.3", "0.3.0", false],
		["^0.0.3", "0.0.4", false],
		["~1.2.3", "1.2.9", true],
		["~1.2", "1.3.0", false],
		["~1", "1.9.0", true],
		["1.x", "1.5.0", true],
		["1.2.x", "1.3.0", false],
		["*", "3.0.0", true],
		["=1.2.3", "1.2.3+build", true],
		["!=1.2.x", "1.2.5", false],
		["!=1.2.x", "1.3.0", true],
		[">1.2", "1.2.5", false],
		[">1.2", "1.3.0", true],
		["<=1.2", "1.2.9", true],
		["<1.2", "1.1.9", true],
		["1.2 - 1.4.5", "1.4.6", false],
		[">1.0 <2.0 || >=3, <4", "3.5.0", true],
		[">1.0 <2.0 || >=3, <4", "2.5.0", false],
	])("%s and %s: %s", (constraint, version, expected) => {
		expect(holds(constraint, version)).toBe(expected);
	});

	it.each(["foo", "", ">=", "1.2.3 foo", "||", ">= 1.2.3.4"])("%j is none", (text) => {
		expect(parseConstraint(text)).toBeUndefined();
	});
});

describe("a version", () => {
	it.each([
		["v1.2", "1.2.0"],
		["1", "1.0.0"],
		["1.2.3-rc.1+b5", "1.2.3-rc.1+b5"],
		["01.02.03", "1.2.3"],
	])("%s is %s", (text, full) => {
		const version = parseVersion(text);
		expect(version && formatVersion(version)).toBe(full);
	});

	it.each(["", "a", "1.2.3.4", "1.2.3-01", "1..2", "1.2.3-", "1.2.3+"])("%j is none", (text) => {
		expect(parseVersion(text)).toBeUndefined();
	});

	it("has its place in the order that semver.org gives", () => {
		const order = [
			"1.0.0-alpha",
			"1.0.0-alpha.1",
			"1.0.0-alpha.beta",
			"1.0.0-beta.2",
			"1.0.0-beta.11",
			"1.0.0-rc.1",
			"1.0.0",
		];
		const versions = order.map((text) => parseVersion(text)).filter((version) => version !== undefined);
		expect(
			[...versions]
				.reverse()
				.sort(compareVersions)
				.map(({ original }) => original),
		).toEqual(order);
	});
});
