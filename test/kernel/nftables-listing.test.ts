import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalRule } from "../../src/backend/nftables/canonical.ts";
import { parseListing } from "../../src/backend/nftables/parse.ts";
import { removal, renderReplacement } from "../../src/backend/nftables/render.ts";
import { setRules } from "../../src/backend/nftables/set-rule.ts";
import { plan } from "../../src/plan/planner.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { policy } from "../support/arbitraries.ts";
import { makeNetns, type Netns } from "../support/netns.ts";

let netns: Netns;

beforeAll(() => {
	netns = makeNetns("nft-list");
});

afterAll(() => netns.remove());

describe("a plan in the nftables dialect", () => {
	it.each([true, false])("is listed by the kernel as itself, with counters %s", (counters) => {
		for (const asked of fc.sample(policy, { numRuns: 100, seed: 7 })) {
			netns.run("nft", ["-f", "-"], renderReplacement(plan(asked), { counters }));
			expect(listed(), JSON.stringify(asked)).toEqual(wanted(asked));
		}
	});

	it("is gone after the removal, which works twice", () => {
		netns.run("nft", ["-f", "-"], removal);
		netns.run("nft", ["-f", "-"], removal);
		expect(netns.run("nft", ["list", "tables"])).toBe("");
	});
});

function wanted(asked: RedirectPolicy): string[] {
	return setRules(plan(asked)).map((rule) => `${rule.hook} ${canonicalRule(rule)}`);
}

function listed(): string[] {
	const listing = parseListing(netns.run("nft", ["-n", "-j", "list", "table", "inet", "shunt"]));
	expect(listing?.hooks).toEqual(["prerouting", "output"]);
	return (listing?.rules ?? []).map((rule) =>
		rule.reason === "unknown" ? rule.text : `${rule.hook} ${canonicalRule(rule)}`,
	);
}
