import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { MemoryNatTable } from "../../src/host/memory-nat-table.ts";
import { evaluate, type Packet } from "../../src/rules/evaluate.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import type { Ruleset } from "../../src/rules/ruleset.ts";
import { traverse } from "../../src/rules/traverse.ts";
import { packet, policy } from "../support/arbitraries.ts";
import { listingOf } from "../support/nft-listing.ts";
import { restoreInput, rulesetPrinted } from "../support/printed-rules.ts";

describe.each(["legacy", "nft", "nftables"] as const)("a plan that was applied in %s", (dialect) => {
	it("does to every packet what the plan says, and for the same reason", () => {
		fc.assert(
			fc.property(policy, fc.array(packet, { minLength: 8, maxLength: 8 }), (asked, packets) => {
				const ruleset = applied(dialect, plan(asked));
				for (const one of packets) {
					expectTheSame(ruleset, plan(asked), one);
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe("two policies in two dialects at once", () => {
	it("have a fate only where their order does not matter", () => {
		fc.assert(
			fc.property(policy, policy, packet, (one, two, sent) => {
				const legacy = applied("legacy", plan(one));
				const nftables = applied("nftables", plan(two));
				const both = { tables: [...legacy.tables, ...nftables.tables], gaps: [], unconfirmed: [] };
				const first = fateThrough([plan(one), plan(two)], sent);
				const second = fateThrough([plan(two), plan(one)], sent);
				const { fate } = traverse(both, sent);
				if (JSON.stringify(first) === JSON.stringify(second)) {
					expect(fate).toEqual(first);
				} else {
					expect(fate.kind === "unknown" && fate.why.join()).toContain("which comes first cannot be told");
				}
			}),
			{ numRuns: 500 },
		);
	});
});

function applied(dialect: "legacy" | "nft" | "nftables", asked: Plan): Ruleset {
	if (dialect === "nftables") {
		return rulesetPrinted({ saved: [], gaps: [], listing: { json: listingOf(asked), text: "" } });
	}
	const saved = families.map((family) => {
		const table = new MemoryNatTable();
		if (asked.families.includes(family)) {
			table.restore(restoreInput(asked, family));
		}
		return { dialect, family, text: table.save() };
	});
	return rulesetPrinted({ saved, gaps: [] });
}

function expectTheSame(ruleset: Ruleset, asked: Plan, sent: Packet): void {
	const expected = evaluate(asked, sent);
	const { fate, decidedBy } = traverse(ruleset, sent);
	expect(fate).toEqual(expected.fate);
	if (expected.decidedBy !== undefined) {
		expect(decidedBy?.rule.comment).toContain(`proxy-init/${expected.decidedBy.reason}`);
	}
}

/** The first that binds the connection wins, as netfilter has it. */
function fateThrough(plans: readonly Plan[], sent: Packet) {
	const fates = plans.map((one) => evaluate(one, sent).fate);
	return fates.find(({ kind }) => kind === "redirect") ?? { kind: "pass" };
}
