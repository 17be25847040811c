import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backendOf } from "../../src/backend/backends.ts";
import { readTable } from "../../src/backend/iptables/read.ts";
import { listingEntries, readListing } from "../../src/backend/nftables/read.ts";
import { families } from "../../src/domain/family.ts";
import { createMemoryHost } from "../../src/host/memory.ts";
import { MemoryNatTable } from "../../src/host/memory-nat-table.ts";
import { parseInitOptions } from "../../src/init/options.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { plan } from "../../src/rules/plan.ts";
import { compare } from "../../src/status/compare.ts";
import { policyArgs, recoverPolicy } from "../../src/status/recover-policy.ts";
import { policy } from "../support/arbitraries.ts";
import { listingOf } from "../support/nft-listing.ts";
import { restoreInput } from "../support/printed-rules.ts";

/** What is found of a policy that was applied, after `damage` has been done to what each table would print. */
function held(dialect: "legacy" | "nftables", asked: RedirectPolicy, damage = (text: string) => text) {
	return printed(dialect, asked, damage).flatMap((table) => backendOf(dialect).ownTable(table) ?? []);
}

function printed(dialect: "legacy" | "nftables", asked: RedirectPolicy, damage: (text: string) => string) {
	if (dialect === "nftables") {
		const entries = listingEntries(damage(listingOf(plan(asked)))) ?? [];
		return readListing(entries).map(({ table }) => table);
	}
	return families.map((family) => {
		const table = new MemoryNatTable();
		if (asked.families.includes(family)) {
			table.restore(restoreInput(plan(asked), family));
		}
		return readTable(damage(table.save()), dialect, family);
	});
}

const host = createMemoryHost();

describe.each(["legacy", "nftables"] as const)("rules in %s", (dialect) => {
	it("are in sync with the policy that they were made from, and with the one that they tell of", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				const own = held(dialect, asked);
				expect(compare(host, own, { dialect, plan: plan(asked) })).toEqual([]);
				expect(compare(host, own, { dialect, plan: plan(recoverPolicy(own)) })).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it("tell of a policy that makes them again", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				const args = policyArgs(recoverPolicy(held(dialect, asked)));
				const parsed = parseInitOptions(args, "shunt init");
				expect(
					parsed.ok && compare(host, held(dialect, asked), { dialect, plan: plan(parsed.value.policy) }),
				).toEqual([]);
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
				expect(
					compare(host, damaged, { dialect, plan: plan(recoverPolicy(damaged)) }).length,
				).toBeGreaterThan(0);
			}),
			{ numRuns: 300 },
		);
	});
});

describe("a plan", () => {
	it("is never in sync with nothing", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				expect(compare(host, [], { dialect: "legacy", plan: plan(asked) }).map(({ kind }) => kind)).toEqual(
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
