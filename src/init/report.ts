import type { FamilyOutcome, WrittenRules } from "../backend/backend.ts";
import { autoOrder, backendOf } from "../backend/backends.ts";
import { type Choice, describeAttempts } from "../backend/choice.ts";
import type { StaleRules } from "../backend/stale-rules.ts";
import { describeHidden, type HiddenTable } from "../backend/tables.ts";
import type { AlikeLines, Logger } from "../command/logger.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Via } from "../domain/transport.ts";
import { driftInWords } from "../rules/diff.ts";
import type { Plan } from "../rules/plan.ts";
import type { Scope } from "../rules/ruleset.ts";
import type { InitOptions } from "./options.ts";

/** What a run did, for programs (`--output json`) and for the log. */
export interface InitReport {
	readonly mode: {
		readonly asked: string;
		readonly used: string;
		/** What `auto` tried before, and why each did not work. */
		readonly tried: readonly { readonly mode: string; readonly failure: string }[];
	};
	/** Who made the rules, the kernel that was spoken to or a dialect's programs; null where nothing was to be made. */
	readonly via: Via | null;
	readonly simulated: boolean;
	readonly families: readonly FamilyOutcome[];
	/** By family (`inet` for a table of both), then chain: the rules that stand now, in the dialect's own words. */
	readonly chains: WrittenRules;
	/** Where an earlier run's rules were removed. */
	readonly removed: readonly { readonly mode: string; readonly family: Scope }[];
	/** What somebody had changed since an earlier run made the rules, one clause each, where the table tells how these were. */
	readonly changed: readonly string[];
	/** Where nobody could see whether an earlier run left rules, and why. */
	readonly notSeen: readonly { readonly mode: string; readonly family: Scope; readonly why: string }[];
	/** Programming alone: from the first look at the namespace to the last. */
	readonly milliseconds: number;
	readonly warnings: readonly string[];
}

export interface InitResult {
	readonly choice: Omit<Choice, "via"> & { readonly via: Via | null };
	readonly stale: readonly StaleRules[];
	readonly hidden: readonly HiddenTable[];
	readonly milliseconds: number;
	/** Made where somebody asks: nobody may want to see tens of thousands of rules. */
	readonly rules: () => RuleReport;
}

/** The part of a report that depends on nothing that happens. */
export interface RuleReport {
	readonly chains: WrittenRules;
	/** For the log. */
	readonly lines: readonly AlikeLines[];
}

export function reportRules(dialect: Dialect, plan: Plan): RuleReport {
	const { rules } = backendOf(dialect);
	const lines: AlikeLines[] = [];
	const spelled = rules(plan, '\\"');
	for (const scope in spelled) {
		const chains = spelled[scope as Scope] ?? {};
		for (const chain of Object.keys(chains)) {
			lines.push({ start: `${scope}: -A ${chain} `, ends: chains[chain] ?? [] });
		}
	}
	return {
		lines,
		get chains() {
			return rules(plan, '"');
		},
	};
}

export function makeReport(options: InitOptions, result: InitResult): InitReport {
	const { dialect, via, outcomes, tried } = result.choice;
	return {
		mode: {
			asked: options.mode,
			used: dialect,
			tried: tried.map((attempt) => ({ mode: attempt.dialect, failure: attempt.failure.message })),
		},
		via,
		simulated: options.simulate,
		families: outcomes,
		get chains() {
			return result.rules().chains;
		},
		removed: result.stale
			.filter(({ failure }) => failure === undefined)
			.map(({ dialect: mode, scope: family }) => ({ mode, family })),
		changed: (result.choice.changed ?? []).map(driftInWords),
		notSeen: result.hidden.map(({ dialect: mode, scope: family, why }) => ({ mode, family, why })),
		milliseconds: Math.round(result.milliseconds * 100) / 100,
		warnings: [
			...options.warnings,
			...(outcomes.some(({ comments }) => comments === false) ? [withoutComments] : []),
			...result.stale.flatMap(staleWarning),
		],
	};
}

const withoutComments =
	"this kernel takes no comments (xt_comment), as gVisor does not: the rules are there without, and are known again by what they are";

function staleWarning({ dialect, scope, failure }: StaleRules): string[] {
	return failure === undefined
		? []
		: [`rules of an earlier run in mode ${dialect} (${scope}) could not be removed: ${failure.message}`];
}

/**
 * `kubectl logs` is where people look for what was applied, so every rule is there; where nothing was, that is said in
 * one line, and level debug has the rules.
 */
export function logReport(log: Logger, report: InitReport, { choice, rules, hidden }: InitResult): void {
	const { tried, dialect, via } = choice;
	const attempts = () => [describeAttempts(tried), `${dialect}: chosen`].filter(Boolean).join(" → ");
	const isUnchanged = report.families.every(({ outcome }) => outcome === "unchanged");
	log.info(() => {
		const lines: (string | AlikeLines)[] = report.mode.asked === "auto" ? [`mode auto: ${attempts()}`] : [];
		for (const { family, outcome } of report.families) {
			lines.push(`${family}: ${sentences[outcome]} (mode ${dialect}, via ${via})`);
		}
		lines.push(...(isUnchanged ? [] : rules().lines));
		for (const change of report.changed) {
			lines.push(`somebody had changed the rules: ${change}`);
		}
		for (const { mode, family } of report.removed) {
			lines.push(`${family}: removed the rules that an earlier run left in mode ${mode}`);
		}
		for (const sentence of describeHidden(hidden)) {
			lines.push(`of an earlier run: ${sentence}`);
		}
		lines.push(`done in ${report.milliseconds} ms`);
		return lines;
	});
	if (isUnchanged) {
		log.debug(() => rules().lines);
	}
}

const sentences: Record<FamilyOutcome["outcome"], string> = {
	created: "rules applied in one transaction",
	replaced: "rules that differed were replaced in one transaction",
	unchanged: "rules already in place, nothing changed",
};

/** What a fresh namespace's tools would be given, each behind a comment with the command that would take it. */
export function formatSimulation(plan: Plan, options: InitOptions): string {
	const transactions = backendOf(simulatedDialect(options)).transactions(plan, options);
	return transactions.map(({ command, input }) => `# ${command.join(" ")}\n${input}`).join("");
}

/** What `auto` would choose shows only by trying; a simulation touches nothing, so it shows what would be tried first. */
export function simulatedDialect({ mode }: InitOptions): Dialect {
	return mode === "auto" ? autoOrder[0] : mode;
}
