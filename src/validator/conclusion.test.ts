import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { concludeFrom, isRequired, parseRequirement, type Requirement, shortcomings } from "./conclusion.ts";
import type { ProbeResult } from "./probe.ts";

const redirected: ProbeResult = {
	topic: "redirect",
	direction: "outbound",
	family: "ipv4",
	outcome: "proven",
	text: "it was redirected",
};
const unproven = (more: Partial<ProbeResult>): ProbeResult => ({
	...redirected,
	outcome: "unproven",
	text: "no route",
	...more,
});

describe("what is not good enough", () => {
	it("is nothing where everything is proven, and then the status is 0", () => {
		expect(shortcomings([redirected], ["all"])).toEqual([]);
		expect(concludeFrom([])).toEqual({ exitCode: 0, errors: [] });
	});

	it("is what failed, and then the status is 95", () => {
		const errors = shortcomings(
			[redirected, { ...redirected, family: "ipv6", outcome: "failed", text: "it passed" }],
			[],
		);
		expect(errors).toEqual(["outbound ipv6: it passed"]);
		expect(concludeFrom(errors)).toEqual({ exitCode: 95, errors });
	});

	it("is what is required and not proven, unless the policy wants it so", () => {
		const results = [redirected, unproven({ direction: "inbound" })];
		expect(shortcomings(results, [])).toEqual([]);
		expect(shortcomings(results, ["inbound"])).toEqual([
			"required, but inbound ipv4: not provable here: no route",
		]);
		expect(shortcomings([redirected, unproven({ direction: "inbound", isWanted: true })], ["all"])).toEqual(
			[],
		);
	});

	it("is that nothing outbound could be tried at all, unless the policy wants it so", () => {
		const nothing = "nothing is proven: no outbound connection could be tried";
		expect(shortcomings([unproven({})], [])).toEqual([nothing]);
		expect(shortcomings([unproven({}), unproven({ family: "ipv6" })], [])).toEqual([nothing]);
		expect(shortcomings([unproven({}), { ...redirected, family: "ipv6" }], [])).toEqual([]);
		expect(shortcomings([unproven({ isWanted: true })], [])).toEqual([]);
	});
});

describe("a requirement", () => {
	const results: Readonly<Record<string, ProbeResult>> = {
		"outbound ipv4": redirected,
		"outbound ipv6": { ...redirected, family: "ipv6" },
		"inbound ipv4": { ...redirected, direction: "inbound" },
		port: { ...redirected, topic: "port" },
		"inbound subnet": { ...redirected, topic: "subnet", direction: "inbound" },
		interface: { ...redirected, topic: "interface" },
		loopback: { ...redirected, topic: "loopback" },
		uid: { ...redirected, topic: "uid" },
		gid: { ...redirected, topic: "gid" },
	};

	it.each<[requirement: Requirement, covered: string[]]>([
		["all", Object.keys(results)],
		["outbound", ["outbound ipv4", "outbound ipv6"]],
		["inbound", ["inbound ipv4"]],
		["ipv4", ["outbound ipv4"]],
		["ipv6", ["outbound ipv6"]],
		["ports", ["port"]],
		["subnets", ["inbound subnet"]],
		["interfaces", ["interface"]],
		["loopback", ["loopback"]],
		["uid", ["uid"]],
		["gid", ["gid"]],
	])("%s is about these results alone", (requirement, covered) => {
		const found = Object.entries(results).filter(([, result]) => isRequired(result, [requirement]));
		expect(found.map(([name]) => name)).toEqual(covered);
		expect(parseRequirement(requirement, "--require")).toEqual({ ok: true, value: requirement });
	});

	it("is none that is not known", () => {
		expect(parseRequirement("outbounds", "--require").ok).toBe(false);
	});
});

it("a requirement is one of a few words", () => {
	expect(parseRequirement("uid", "--require")).toEqual({ ok: true, value: "uid" });
	const refused = parseRequirement("user", "--require");
	expect(refused.ok ? [] : refused.problems.map(formatProblem)).toEqual([
		expect.stringMatching(/^--require: "user" is not known/),
	]);
});
