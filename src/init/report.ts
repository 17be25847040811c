import type { FamilyOutcome } from "../backend/backend.ts";
import { chainNames, jumpSpec } from "../backend/iptables/chains.ts";
import { renderRule } from "../backend/iptables/render-rule.ts";
import type { Leftover } from "../backend/leftovers.ts";
import type { Family } from "../domain/family.ts";
import { type Plan, rulesOf } from "../plan/plan.ts";
import type { Logger } from "./logger.ts";
import type { InitOptions } from "./options.ts";

/** What a run did, for programs (`--output json`) and for the log. */
export interface InitReport {
	readonly mode: { readonly asked: string; readonly used: string };
	readonly simulated: boolean;
	readonly families: readonly FamilyOutcome[];
	/** By family, then chain: the rules that stand now, as iptables-save prints them behind the chain's name. */
	readonly chains: Readonly<Partial<Record<Family, Readonly<Record<string, readonly string[]>>>>>;
	/** Where an earlier run's rules were removed. */
	readonly removed: readonly { readonly mode: string; readonly family: Family }[];
	/** Programming alone: from the first look at the namespace to the last. */
	readonly milliseconds: number;
	readonly warnings: readonly string[];
}

export interface InitResult {
	readonly outcomes: readonly FamilyOutcome[];
	readonly leftovers: readonly Leftover[];
	readonly milliseconds: number;
}

export function makeReport(options: InitOptions, plan: Plan, result: InitResult): InitReport {
	return {
		mode: { asked: options.mode, used: options.mode },
		simulated: options.simulate,
		families: result.outcomes,
		chains: Object.fromEntries(plan.families.map((family) => [family, chainsOf(plan, family)])),
		removed: result.leftovers
			.filter((leftover) => leftover.failure === undefined)
			.map(({ mode, family }) => ({ mode, family })),
		milliseconds: Math.round(result.milliseconds * 100) / 100,
		warnings: [...options.warnings, ...result.leftovers.flatMap(leftoverWarning)],
	};
}

function leftoverWarning({ mode, family, failure }: Leftover): string[] {
	return failure === undefined
		? []
		: [`rules of an earlier run in mode ${mode} (${family}) could not be removed: ${failure.message}`];
}

/** The kernel's chains with the one rule of ours in each, and our own. */
function chainsOf(plan: Plan, family: Family): Record<string, string[]> {
	return Object.fromEntries(
		plan.chains.flatMap((chain) => {
			const { builtIn, own } = chainNames[chain.hook];
			return [
				[builtIn, [jumpSpec(chain.hook)]],
				[own, rulesOf(chain, family).flatMap(renderRule)],
			];
		}),
	);
}

/** `kubectl logs` is where people look for what was applied, so every rule is there. */
export function logReport(log: Logger, report: InitReport): void {
	for (const { family, outcome } of report.families) {
		log.info(`${family}: ${sentences[outcome]} (mode ${report.mode.used})`);
		for (const [chain, rules] of Object.entries(report.chains[family] ?? {})) {
			for (const rule of rules) {
				log.info(`${family}: -A ${chain} ${rule}`);
			}
		}
	}
	for (const { mode, family } of report.removed) {
		log.info(`${family}: removed the rules that an earlier run left in mode ${mode}`);
	}
	log.info(`done in ${report.milliseconds} ms`);
}

const sentences: Record<FamilyOutcome["outcome"], string> = {
	created: "rules applied in one transaction",
	replaced: "rules that differed were replaced in one transaction",
	unchanged: "rules already in place, nothing changed",
};
