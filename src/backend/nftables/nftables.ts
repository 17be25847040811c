import { families } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import { type Drift, orderedDrift } from "../../plan/diff.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Backend, FamilyOutcome, SetUpOptions } from "../backend.ts";
import { BackendError, caught, throwIfAny } from "../backend-error.ts";
import { canonicalRule } from "./canonical.ts";
import { hasOurTable, openNft, seesOurTable } from "./nft-tool.ts";
import type { ListedTable } from "./parse.ts";
import { hooks, probe, removal, renderCreation, renderReplacement, renderRule } from "./render.ts";
import { setRules } from "./set-rule.ts";

/** The dialect of nftables: one table of our own for both families, replaced whole in one transaction. */
export const nftablesBackend: Backend = {
	setUp,
	check: (host, plan) => [{ scope: "inet", drift: read(host, plan) }],
	tearDown: (host) => {
		if (!hasOurTable(host)) {
			return [];
		}
		throwIfAny(openNft(host).apply(removal));
		return [...families];
	},
	probe: (host) => caught(() => throwIfAny(openNft(host).apply(probe))),
	transactions: (plan, options) => [{ command: ["nft", "-f", "-"], input: renderCreation(plan, options) }],
	rules: (plan) => ({
		inet: Object.fromEntries(hooks.map((hook) => [hook, rulesText(plan, hook)])),
	}),
	hasLock: false,
};

/**
 * Where there is no table it is created, which fails where somebody else is first; only then is there something to read.
 * Replacing needs no wager: that transaction is right whatever is there. A table that says the same already is left alone,
 * for its counters and because no change is the safest one.
 */
function setUp(host: Host, plan: Plan, options: SetUpOptions): FamilyOutcome[] {
	const nft = openNft(host);
	const outcome = (reached: FamilyOutcome["outcome"]) =>
		plan.families.map((family) => ({ family, outcome: reached }));
	if (!seesOurTable(host)) {
		const refusal = nft.apply(renderCreation(plan, options), options.meanwhile);
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
	throwIfAny(nft.apply(renderReplacement(plan, options), options.meanwhile));
	return outcome("replaced");
}

function read(host: Host, plan: Plan): Drift[] {
	const tool = openNft(host);
	if (!hasOurTable(host)) {
		return driftOf(plan, { hooks: [], rules: [] });
	}
	const found = tool.list();
	if (found instanceof BackendError) {
		throw found;
	}
	return driftOf(plan, found);
}

/** What a table that was read has too much or too little for a plan. */
export function driftOf(plan: Plan, found: ListedTable): Drift[] {
	const wanted = setRules(plan);
	return hooks.flatMap((hook): Drift[] =>
		found.hooks.includes(hook)
			? orderedDrift(
					hook,
					wanted.filter((rule) => rule.hook === hook).map(canonicalRule),
					found.rules
						.filter((rule) => rule.hook === hook)
						.map((rule) => (rule.reason === "unknown" ? rule.text : canonicalRule(rule))),
				)
			: [{ kind: "missing-chain", hook }],
	);
}

function rulesText(plan: Plan, hook: string): string[] {
	return setRules(plan)
		.filter((rule) => rule.hook === hook)
		.map((rule) => renderRule(rule, { counters: false }));
}
