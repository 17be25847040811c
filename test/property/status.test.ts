import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { restoreInput } from "../../src/backend/iptables/restore-input.ts";
import { families } from "../../src/domain/family.ts";
import { MemoryNatTable } from "../../src/host/memory-nat-table.ts";
import { parseInitOptions } from "../../src/init/options.ts";
import { diff } from "../../src/plan/diff.ts";
import { plan } from "../../src/plan/planner.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { compare } from "../../src/status/compare.ts";
import { holdingsIn } from "../../src/status/holding.ts";
import { policyArgs } from "../../src/status/policy-args.ts";
import { recoverPolicy } from "../../src/status/recover-policy.ts";
import { policy } from "../support/arbitraries.ts";
import { listingOf } from "../support/nft-listing.ts";

/** What is found of a policy that was applied, after `damage` has been done to what each table would print. */
function held(dialect: "legacy" | "nftables", asked: RedirectPolicy, damage = (text: string) => text) {
	if (dialect === "nftables") {
		return holdingsIn({
			saved: [],
			unsaved: [],
			gaps: [],
			unconfirmed: [],
			listing: { json: damage(listingOf(plan(asked))), text: "" },
		});
	}
	const saved = families.map((family) => {
		const table = new MemoryNatTable();
		if (asked.families.includes(family)) {
			table.restore(restoreInput(plan(asked), family));
		}
		return { dialect, family, text: damage(table.save()) };
	});
	return holdingsIn({ saved, unsaved: [], gaps: [], unconfirmed: [] });
}

describe.each(["legacy", "nftables"] as const)("rules in %s", (dialect) => {
	it("are in sync with the policy that they were made from, and with the one that they tell of", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				const holdings = held(dialect, asked);
				expect(compare(dialect, holdings, plan(asked))).toEqual([]);
				expect(compare(dialect, holdings, plan(recoverPolicy(holdings)))).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it("tell of a policy that makes them again", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				const args = policyArgs(recoverPolicy(held(dialect, asked)));
				const parsed = parseInitOptions(args, "shunt init");
				expect(parsed.ok && compare(dialect, held(dialect, asked), plan(parsed.value.policy))).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it("that have lost a rule which every policy asks for are not in sync", () => {
		const losses = ["ignore-loopback", "redirect-all-outgoing", "redirect-all-incoming"];
		const alsoIptables =
			dialect === "legacy" ? ["install-proxy-init-output", "install-proxy-init-prerouting"] : [];
		fc.assert(
			fc.property(policy, fc.constantFrom(...losses, ...alsoIptables), (asked, lost) => {
				const damaged = held(dialect, asked, (text) => without(dialect, text, lost));
				// Policies that list ports have no rule that redirects all.
				fc.pre(JSON.stringify(damaged) !== JSON.stringify(held(dialect, asked)));
				expect(compare(dialect, damaged, plan(recoverPolicy(damaged))).length).toBeGreaterThan(0);
			}),
			{ numRuns: 300 },
		);
	});
});

describe("a plan", () => {
	it("is never in sync with nothing", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				expect(diff(plan(asked), "ipv4", { chains: [] }).length).toBeGreaterThan(0);
				expect(compare("legacy", [], plan(asked)).map(({ kind }) => kind)).toEqual(
					asked.families.map(() => "missing-family"),
				);
			}),
		);
	});
});

function without(dialect: "legacy" | "nftables", text: string, lost: string): string {
	if (dialect === "nftables") {
		const { nftables } = JSON.parse(text) as { nftables: { rule?: { comment: string } }[] };
		return JSON.stringify({ nftables: nftables.filter(({ rule }) => !rule?.comment.includes(lost)) });
	}
	return text
		.split("\n")
		.filter((line) => !line.includes(lost))
		.join("\n");
}
