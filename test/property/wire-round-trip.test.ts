import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { understoodIn } from "../../src/backend/iptables/drift.ts";
import { withPlan } from "../../src/backend/iptables/legacy-chains.ts";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import { ownStateOf, wantedState } from "../../src/backend/iptables/own-state.ts";
import { driftOf } from "../../src/backend/nftables/drift.ts";
import { setRules } from "../../src/backend/nftables/gather.ts";
import * as nftables from "../../src/backend/nftables/kernel-batch.ts";
import { ownRule } from "../../src/backend/nftables/own-rule.ts";
import { families } from "../../src/domain/family.ts";
import type { Port } from "../../src/domain/port.ts";
import { reasons } from "../../src/policy/reason.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { hooks, type Plan, plan, rulesOf } from "../../src/rules/plan.ts";
import { type NatChain, type NatTable, wholeRules } from "../../src/rules/ruleset.ts";
import { plannedRuleInWords, setRuleInWords } from "../../src/rules/words.ts";
import type { Batch } from "../../src/wire/batch.ts";
import { buildEntries } from "../../src/wire/build-ip-table.ts";
import { type ByteOrder, words } from "../../src/wire/bytes.ts";
import { natTableOf } from "../../src/wire/ip-words.ts";
import { natTable } from "../../src/wire/nat-tables.ts";
import { readIpTable } from "../../src/wire/read-ip-table.ts";
import { policy } from "../support/arbitraries.ts";
import { freshIpTable } from "../support/fresh-ip-table.ts";
import { toldAfter } from "../support/pretend-nf-tables.ts";

const order = fc.constantFrom<ByteOrder>("little", "big");

/** What is read of what a batch makes. */
function tablesAfter(batch: Batch, of: ByteOrder): NatTable[] {
	return toldAfter(batch, of).map((content) => natTable(content, of)!);
}

/**
 * Rules on a line each, by the table and the hook at which they stand. Two lines are equal exactly when the rules are (see
 * rules/words.ts).
 */
type Lines = Readonly<Record<string, readonly string[]>>;

interface Dialect {
	readonly name: string;
	/** As the dialect has the plan's rules: one for each thing, or one for a set of them. */
	readonly lines: (of: Plan) => Lines;
	/** The same of what is decoded from the bytes that were encoded for the kernel. */
	readonly decoded: (encoded: Plan, order: ByteOrder) => Lines;
}

function plannedLines(of: Plan): Lines {
	return Object.fromEntries(
		of.families.flatMap((family) =>
			of.chains.map((chain) => [`${family} ${chain.hook}`, rulesOf(chain, family).map(plannedRuleInWords)]),
		),
	);
}

function setLines(of: Plan): Lines {
	return Object.fromEntries(hooks.map((hook) => [`inet ${hook}`, setRules(of, hook).map(setRuleInWords)]));
}

/** Of a rule that is not as we write them there are no words but its own, which no plan has. */
function linesIn(family: string, chains: readonly NatChain[]): [string, string[]][] {
	return [...understoodIn(ownStateOf(chains))].map(([hook, rules]) => [
		`${family} ${hook}`,
		rules.map((rule) => (typeof rule === "string" ? rule : plannedRuleInWords(rule))),
	]);
}

const dialects: readonly Dialect[] = [
	{
		name: "legacy",
		lines: plannedLines,
		decoded: (encoded, of) =>
			Object.fromEntries(
				encoded.families.flatMap((family) => {
					const wanted = withPlan(freshIpTable(family), encoded, words[of]);
					const { info, entries } = buildEntries(wanted, words[of]);
					const read = readIpTable(family, info, entries, words[of]);
					return "why" in read ? [[read.why, []]] : linesIn(family, natTableOf(read, words[of]).chains);
				}),
			),
	},
	{
		name: "nft",
		lines: plannedLines,
		decoded: (encoded, of) =>
			Object.fromEntries(
				tablesAfter(iptablesNft.creation(encoded, { order: of }), of).flatMap(({ scope, chains }) =>
					linesIn(scope, chains),
				),
			),
	},
	{
		name: "nftables",
		lines: setLines,
		decoded: (encoded, of) =>
			Object.fromEntries(
				tablesAfter(nftables.creation(encoded, { counters: false }, { order: of }), of).flatMap(
					({ scope, chains }) =>
						chains.map(({ name, rules }) => [
							`${scope} ${name}`,
							wholeRules(rules).map(([rule, ...more]) => {
								const own = more.length > 0 ? undefined : ownRule(rule);
								return own === undefined ? rule.text : setRuleInWords(own);
							}),
						]),
				),
			),
	},
];

describe.each(dialects)("decode(encode(plan)) = plan, in the dialect of $name", ({ lines, decoded }) => {
	it("for every plan, in both byte orders", () => {
		fc.assert(
			fc.property(policy, order, (asked, of) => {
				expect(decoded(plan(asked), of)).toEqual(lines(plan(asked)));
			}),
			{ numRuns: 300 },
		);
	});

	it("and no other plan: another one is decoded as the other", () => {
		fc.assert(
			fc.property(policy, policy, (one, two) => {
				const isSame = JSON.stringify(lines(plan(one))) === JSON.stringify(lines(plan(two)));
				const read = JSON.stringify(decoded(plan(one), "little"));
				expect(read === JSON.stringify(decoded(plan(two), "little"))).toBe(isSame);
			}),
			{ numRuns: 100 },
		);
	});
});

it("random plans are of one family and of both, and have rules for every reason", () => {
	const plans = fc.sample(policy, { numRuns: 300, seed: 1 }).map((asked) => plan(asked));
	expect(new Set(plans.map((of) => of.families.join()))).toEqual(new Set(["ipv4", families.join()]));
	const found = plans.flatMap(({ chains }) =>
		chains.flatMap(({ rules }) => rules.map(({ reason }) => reason)),
	);
	expect(new Set(found)).toEqual(new Set(reasons));
});

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
	it("is found without a difference in the dialect of nftables, with and without counters", () => {
		fc.assert(
			fc.property(policy, order, fc.boolean(), (asked, of, counters) => {
				const [table] = tablesAfter(nftables.creation(plan(asked), { counters }, { order: of }), of);
				expect(driftOf(plan(asked), table!)).toEqual([]);
			}),
			{ numRuns: 150 },
		);
	});

	it("stands as it is written in the dialect of iptables-nft, jumps and all", () => {
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

	it("is decoded as itself where its ports are put into intervals, in every dialect", () => {
		fc.assert(
			fc.property(withManyPorts, (asked) => {
				for (const { lines, decoded } of dialects) {
					expect(decoded(plan(asked), "little")).toEqual(lines(plan(asked)));
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("differs, in the dialect of nftables, from every plan whose rules differ", () => {
		fc.assert(
			fc.property(policy, policy, (one, two) => {
				const batch = nftables.creation(plan(one), { counters: false }, { order: "little" });
				const [table] = tablesAfter(batch, "little");
				const isSame = JSON.stringify(setLines(plan(one))) === JSON.stringify(setLines(plan(two)));
				expect(driftOf(plan(two), table!).length === 0).toBe(isSame);
			}),
			{ numRuns: 150 },
		);
	});
});
