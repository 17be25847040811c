import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import { ownStateOf, wantedState } from "../../src/backend/iptables/own-state.ts";
import { driftOf } from "../../src/backend/nftables/drift.ts";
import { setRules } from "../../src/backend/nftables/gather.ts";
import * as nftables from "../../src/backend/nftables/kernel-batch.ts";
import type { Port } from "../../src/domain/port.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { hooks, plan } from "../../src/rules/plan.ts";
import type { NatTable } from "../../src/rules/ruleset.ts";
import { setRuleInWords } from "../../src/rules/words.ts";
import type { Batch } from "../../src/wire/batch.ts";
import type { ByteOrder } from "../../src/wire/bytes.ts";
import { natTable } from "../../src/wire/nat-tables.ts";
import { policy } from "../support/arbitraries.ts";
import { toldAfter } from "../support/pretend-nf-tables.ts";

const order = fc.constantFrom<ByteOrder>("little", "big");

/** What is read of what a batch makes. */
function tablesAfter(batch: Batch, of: ByteOrder): NatTable[] {
	return toldAfter(batch, of).map((content) => natTable(content, of)!);
}

/** Single ports that never touch, so many that they are put into intervals, and more than one message holds. */
const manyPorts = fc
	.tuple(fc.integer({ min: 390, max: 2000 }), fc.integer({ min: 1, max: 100 }))
	.map(([count, first]) =>
		Array.from({ length: count }, (_, index) => (first + 3 * index) as Port).map((low) => ({
			low,
			high: low,
		})),
	);

const withManyPorts: fc.Arbitrary<RedirectPolicy> = fc
	.tuple(policy, manyPorts)
	.map(([asked, portsToIgnore]) => ({ ...asked, inbound: { ...asked.inbound, portsToIgnore } }));

describe("a plan that was encoded", () => {
	it("is read back as itself in the dialect of nftables", () => {
		fc.assert(
			fc.property(policy, order, fc.boolean(), (asked, of, counters) => {
				const [table] = tablesAfter(nftables.creation(plan(asked), { counters }, { order: of }), of);
				expect(driftOf(plan(asked), table!)).toEqual([]);
			}),
			{ numRuns: 150 },
		);
	});

	it("is read back as itself in the dialect of iptables-nft, word for word", () => {
		fc.assert(
			fc.property(policy, order, (asked, of) => {
				const tables = tablesAfter(iptablesNft.creation(plan(asked), { order: of }), of);
				expect(tables.map(({ scope }) => scope)).toEqual(asked.families);
				for (const table of tables) {
					const { chains, jumps } = ownStateOf(table.chains);
					const wanted = wantedState(plan(asked), table.scope as "ipv4" | "ipv6");
					expect(chains).toEqual(wanted.chains);
					expect(jumps.map(({ from, to, spec }) => ({ from, to, spec }))).toEqual(wanted.jumps);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it("is read back as itself where its ports are put into intervals", () => {
		fc.assert(
			fc.property(withManyPorts, (asked) => {
				const [table] = tablesAfter(
					nftables.creation(plan(asked), { counters: false }, { order: "little" }),
					"little",
				);
				expect(driftOf(plan(asked), table!)).toEqual([]);
			}),
			{ numRuns: 20 },
		);
	});

	it("differs from every plan whose rules differ", () => {
		fc.assert(
			fc.property(policy, policy, (one, two) => {
				const batch = nftables.creation(plan(one), { counters: false }, { order: "little" });
				const [table] = tablesAfter(batch, "little");
				const words = (asked: RedirectPolicy) =>
					hooks.flatMap((hook) =>
						setRules(plan(asked), hook).map((rule) => `${hook} ${setRuleInWords(rule)}`),
					);
				const isSame = words(one).join("\n") === words(two).join("\n");
				expect(driftOf(plan(two), table!).length === 0).toBe(isSame);
			}),
			{ numRuns: 150 },
		);
	});
});
