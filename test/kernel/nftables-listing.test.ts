import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setRules } from "../../src/backend/nftables/gather.ts";
import { ownRule } from "../../src/backend/nftables/own-rule.ts";
import { listingEntries, readListing } from "../../src/backend/nftables/read.ts";
import { removal, renderReplacement } from "../../src/backend/nftables/render.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { hooks, plan } from "../../src/rules/plan.ts";
import { setRuleInWords } from "../../src/rules/words.ts";
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
	return hooks.flatMap((hook) =>
		setRules(plan(asked), hook).map((rule) => `${hook} ${setRuleInWords(rule)}`),
	);
}

function listed(): string[] {
	const json = netns.run("nft", ["-n", "-j", "list", "table", "inet", "shunt"]);
	const [only] = readListing(listingEntries(json) ?? []);
	const chains = only?.table.chains ?? [];
	const base = { priority: -100, policy: "accept" };
	expect(chains.map((chain) => chain.base)).toEqual(hooks.map((hook) => ({ hook, ...base })));
	return chains.flatMap(({ name, rules }) =>
		rules.map((rule) => {
			const own = ownRule(rule);
			return own === undefined ? rule.text : `${name} ${setRuleInWords(own)}`;
		}),
	);
}
