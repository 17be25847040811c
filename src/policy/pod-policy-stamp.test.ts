import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { parseStamp } from "./pod-policy-stamp.ts";

function problemsOf(text: string): string[] {
	const parsed = parseStamp(text, "stamp");
	return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

const least = '"families":["ipv4"],"inbound":{"proxyPort":4143},"outbound":{"proxyPort":4140}';

describe("a stamp", () => {
	it("needs no more than the families and the proxy's ports", () => {
		expect(parseStamp(`{${least}}`, "stamp")).toMatchObject({
			ok: true,
			value: { families: ["ipv4"], inbound: { proxyPort: 4143, portsToIgnore: [] } },
		});
	});

	it("with a word that is not known is refused, so that nothing is left out", () => {
		expect(problemsOf(`{${least},"mode":"nft"}`)).toEqual([
			"stamp mode: is not known (want one of families, inbound, outbound)",
		]);
		expect(
			problemsOf('{"families":["ipv4"],"inbound":{"proxyPort":1,"x":1},"outbound":{"proxyPort":2}}'),
		).toEqual([expect.stringContaining("stamp inbound x: is not known")]);
	});

	it("is refused with everything that is wrong with it", () => {
		expect(
			problemsOf(
				'{"families":["ipv5"],"inbound":{"portsToIgnore":"80"},"outbound":{"proxyPort":0,"uidsToIgnore":[{}]}}',
			),
		).toEqual([
			'stamp families: "ipv5" is not an address family (want ipv4 or ipv6)',
			'stamp inbound proxyPort: is missing (want "proxyPort" among the others)',
			'stamp inbound portsToIgnore: "\\"80\\"" is not a list (want […])',
			expect.stringContaining('stamp outbound proxyPort: "0" is not a valid TCP port'),
			expect.stringContaining('stamp outbound uidsToIgnore: "{}" is not a valid user id'),
		]);
	});

	it.each([
		"",
		"{",
		"null",
		"[]",
		"7",
		'"x"',
		'{"families":[],"inbound":{"proxyPort":1},"outbound":{"proxyPort":2}}',
	])("is not %s", (text) => {
		expect(problemsOf(text).length).toBeGreaterThan(0);
	});

	it.each(["{", "", "[]", "7"])("that is %s lacks nothing besides", (text) => {
		expect(problemsOf(text)).toEqual([
			expect.stringMatching(/^stamp: ".*" is not (?:JSON|an object) \(want /),
		]);
	});

	it("takes no word from an object's prototype", () => {
		expect(
			problemsOf('{"__proto__":{"families":["ipv4"]},"inbound":{"proxyPort":1},"outbound":{"proxyPort":2}}'),
		).toEqual(expect.arrayContaining([expect.stringContaining("__proto__: is not known")]));
	});
});
