import { type Family, families } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import type { Drift } from "../../rules/diff.ts";
import { type Hook, hooks, type Plan } from "../../rules/plan.ts";
import { type NatTable, wholeRules } from "../../rules/ruleset.ts";
import type { Backend, FamilyOutcome, Mark, OwnTable, SetUpOptions } from "../backend.ts";
import { BackendError, caught, throwIfAny } from "../backend-error.ts";
import { eitherWay } from "../either-way.ts";
import { driftOf } from "./drift.ts";
import { setRules } from "./gather.ts";
import { type Applied, applyNftables, ourTable, probeNftables, removeNftables } from "./kernel.ts";
import { hasOurTable, isOurTable, openNft, seesOurTable } from "./nft-tool.ts";
import { ownRule } from "./own-rule.ts";
import { changesSinceMade, isRecorded } from "./record.ts";
import { probe, removal, renderCreation, renderReplacement, renderRule, table } from "./render.ts";

/** The dialect of nftables: one table of our own for both families, replaced whole in one transaction. */
export const nftablesBackend: Backend = {
	setUp: (host, plan, options) => {
		const { via, result } = eitherWay({
			kernel: () => applyNftables(host, plan, options),
			tools: () => setUp(host, plan, options),
		});
		return { via, ...result };
	},
	check: (host, plan, found) =>
		(found ?? eitherWay({ kernel: () => [ourTable(host)], tools: () => ownTables(host) }).result)
			.filter(isOurTable)
			.map((own) => ({ scope: own.scope, drift: driftOf(plan, own) })),
	tearDown: (host) => eitherWay({ kernel: () => removeNftables(host), tools: () => tearDown(host) }).result,
	probe: (host) =>
		caught(() => {
			eitherWay({
				kernel: () => throwIfAny(probeNftables(host)),
				tools: () => throwIfAny(openNft(host).apply(probe)),
			});
		}),
	transactions: (plan, options) => [{ command: ["nft", "-f", "-"], input: renderCreation(plan, options) }],
	rules: (plan, mark) => ({
		inet: Object.fromEntries(hooks.map((hook) => [hook, rulesText(plan, hook, mark)])),
	}),
	programs: ["nft"],
	hasLock: false,
	tables: [{ dialect: "nftables", scope: table.family, name: table.name, subsystem: "nf_tables" }],
	speaks: () => "nftables",
	isInUse: () => true,
	chainAt: (hook) => ({ chain: hook, table: { label: "nftables inet shunt", short: "shunt" } }),
	ownsChain: isOurTable,
	ownTable,
};

/**
 * Where there is no table it is created, which fails where somebody else is first; only then is there something to read.
 * Replacing is not optimistic: that transaction is right whatever is there. A table that says the same already is left
 * alone, for its counters and because no change is the safest one.
 */
function setUp(host: Host, plan: Plan, options: SetUpOptions): Applied {
	const nft = openNft(host);
	const outcome = (reached: FamilyOutcome["outcome"], changed: readonly Drift[] = []) => ({
		families: plan.families.map((family) => ({ family, outcome: reached })),
		changed,
	});
	if (!seesOurTable(host)) {
		const refusal = nft.apply(renderCreation(plan, options), options.whileRunning);
		if (refusal === undefined) {
			return outcome("created");
		}
		if (refusal.code !== "refused" || !seesOurTable(host)) {
			throw refusal;
		}
	}
	const found = nft.list();
	if (!(found instanceof BackendError) && driftOf(plan, found).length === 0) {
		return outcome("unchanged");
	}
	throwIfAny(nft.apply(renderReplacement(plan, options), options.whileRunning));
	return outcome("replaced", found instanceof BackendError ? [] : changesSinceMade(found, plan));
}

function tearDown(host: Host): Family[] {
	if (!hasOurTable(host)) {
		return [];
	}
	throwIfAny(openNft(host).apply(removal));
	return [...families];
}

/** Our table as it is; where there is none, one without anything in it. */
function ownTables(host: Host): NatTable[] {
	const tool = openNft(host);
	if (!hasOurTable(host)) {
		return [{ dialect: "nftables", scope: table.family, name: table.name, chains: [] }];
	}
	const found = tool.list();
	if (found instanceof BackendError) {
		throw found;
	}
	return [found];
}

function ownTable(found: NatTable): OwnTable | undefined {
	if (!isOurTable(found)) {
		return undefined;
	}
	const chains = hooks.flatMap((hook) =>
		found.chains.filter(({ name }) => name === hook).map(({ rules }) => ({ hook, rules: wholeRules(rules) })),
	);
	return {
		table: found,
		count: chains.reduce((sum, { rules }) => sum + rules.length, 0),
		// A list is one rule with a set, which names each thing once.
		chains: [],
		isRecorded: isRecorded(found),
		rules: () =>
			chains.flatMap(({ hook, rules }) =>
				rules.flatMap(([first, ...parts]) => {
					const rule = parts.length > 0 ? undefined : ownRule(first);
					return rule === undefined ? [] : [{ hook, rule }];
				}),
			),
	};
}

function rulesText(plan: Plan, hook: Hook, mark: Mark): string[] {
	return setRules(plan, hook).map((rule) => renderRule(rule, { counters: false }, mark));
}
