import { setRules } from "../../src/backend/nftables/gather.ts";
import { families } from "../../src/domain/family.ts";
import { dialects } from "../../src/domain/mode.ts";
import { parseInitOptions } from "../../src/init/options.ts";
import { formatSimulation } from "../../src/init/report.ts";
import type { Reason } from "../../src/policy/reason.ts";
import { type PlannedCondition, hooks, plan } from "../../src/rules/plan.ts";
import type { OwnAction } from "../../src/rules/rule.ts";
import { namedPolicies } from "../support/named-policies.ts";
import { policyFrom } from "../support/policies.ts";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** What each policy's rules look like, for people to read. `UPDATE_GOLDEN=1` writes the files anew. */
describe.each(Object.entries(namedPolicies))("the rules of %s", (name, flags) => {
	it.each(dialects)("in mode %s", (mode) => {
		const parsed = parseInitOptions([...flags.split(" "), "--iptables-mode", mode], "test");
		const text = parsed.ok ? formatSimulation(plan(parsed.value.policy), parsed.value) : "";
		const file = new URL(`./${name}.${mode}.txt`, import.meta.url);
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(file, text);
		}
		expect(text).toBe(readFileSync(file, "utf8"));
	});
});

describe("the policies above", () => {
	const plans = Object.values(namedPolicies).map((flags) => plan(policyFrom(flags)));
	const rules = plans.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));

	it("use every kind of condition, in the plan and in sets", () => {
		const every: Record<PlannedCondition["kind"], true> = {
			protocol: true,
			"destination-port": true,
			source: true,
			destination: true,
			"in-interface": true,
			"out-interface": true,
			uid: true,
			gid: true,
		};
		const kinds = rules.flatMap(({ conditions }) => conditions.map(({ kind }) => kind));
		expect(distinct(kinds)).toEqual(Object.keys(every).sort());
		const everySet: Record<PlannedCondition["kind"] | "family", true> = { ...every, family: true };
		const setKinds = plans
			.flatMap((one) => hooks.flatMap((hook) => setRules(one, hook)))
			.flatMap(({ conditions }) => conditions.map(({ kind }) => kind));
		expect(distinct(setKinds)).toEqual(Object.keys(everySet).sort());
	});

	it("use every verdict and every reason", () => {
		const everyVerdict: Record<OwnAction["kind"], true> = { return: true, redirect: true };
		expect(distinct(rules.map(({ action }) => action.kind))).toEqual(Object.keys(everyVerdict).sort());
		const everyReason: Record<Reason, true> = {
			"ignore-proxy-user-id": true,
			"ignore-proxy-group-id": true,
			"ignore-user-id": true,
			"ignore-loopback": true,
			"ignore-interface": true,
			"ignore-port": true,
			"ignore-subnet": true,
			"redirect-port": true,
			"redirect-outgoing-port": true,
			"redirect-all-incoming-to-proxy-port": true,
			"redirect-all-outgoing-to-proxy-port": true,
		};
		expect(distinct(rules.map(({ reason }) => reason))).toEqual(Object.keys(everyReason).sort());
	});

	it("are for both families", () => {
		expect(distinct(plans.flatMap((made) => made.families))).toEqual([...families].sort());
	});

	it("have a file in every dialect, and no file is of another policy", () => {
		const files = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".txt"));
		const wanted = Object.keys(namedPolicies).flatMap((name) => dialects.map((dialect) => `${name}.${dialect}.txt`));
		expect(files.sort()).toEqual(wanted.sort());
	});
});

function distinct(words: readonly string[]): string[] {
	return [...new Set(words)].sort();
}
