import type { Family } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { plan as planFor } from "../plan/planner.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { describeTable } from "../ruleset/entry-order.ts";
import { parseSources } from "../ruleset/read.ts";
import type { Gap, Ruleset, TableDialect } from "../ruleset/ruleset.ts";
import { readSources, type Sources } from "../ruleset/sources.ts";
import { compare, type Finding } from "./compare.ts";
import { type ForeignRule, foreignRulesBefore } from "./foreign-rules.ts";
import { entriesIn, type Holding, holdingsIn, ruleCount, withoutOurRules } from "./holding.ts";
import { type OtherTable, otherTables } from "./other-tables.ts";
import type { Progress } from "./progress.ts";
import { recoverPolicy } from "./recover-policy.ts";
import { remarksOn } from "./remarks.ts";

/** What should be there, as far as flags said. */
export interface Expectation {
	readonly policy: RedirectPolicy | undefined;
	/** Absent where any will do. */
	readonly mode: Dialect | undefined;
}

/** How it stands with one network namespace. */
export interface Examination {
	readonly verdict: Verdict;
	/** What the rules were held against: flags, or what they themselves say. Absent where there are none. */
	readonly comparedWith?: "flags" | "rules";
	/** The policy in force as far as the rules tell, also when flags were given. */
	readonly policy?: RedirectPolicy;
	readonly held: readonly Held[];
	readonly drift: readonly Finding[];
	readonly foreignFirst: readonly ForeignRule[];
	readonly others: readonly OtherTable[];
	/** What is no drift but worth knowing. */
	readonly remarks: readonly string[];
	readonly notRead: readonly Gap[];
}

/** `unknown`: a table that may be ours could not be read. */
export type Verdict = "in-sync" | "drift" | "no-rules" | "unknown";

export interface Held {
	readonly dialect: TableDialect;
	readonly scope: Holding["scope"];
	readonly rules: number;
}

/** Looks into the network namespace that the host is in. Changes nothing. */
export function examine(host: Host, expected: Expectation, progress: Progress): Examination {
	progress("the tools are listing the rules");
	const sources = readSources(host, { isOursTold: false });
	progress("the tools have listed the rules, which are being read");
	const entries = entriesIn(sources.listing);
	const ruleset = parseSources(withoutOurRules(sources, entries));
	const holdings = holdingsIn(sources, entries);
	progress("the rules are read and are being compared");
	const byDialect = groupByDialect(holdings);
	const [kept] = byDialect;
	const notRead = unreadable(sources, ruleset);
	const compared = byDialect.map((group) => compareGroup(group, expected, notRead));
	const drift = [
		...(kept === undefined && !notRead.some(mayBeOurs) ? nothingThere(expected) : []),
		...compared.flatMap(({ found }) => found),
		...strayModes(byDialect.map(dialectOf), expected.mode),
	];
	const recovered = kept && (compared[0]?.policy ?? recoverPolicy(kept));
	progress("the rules are compared, and the report is being made");
	return {
		verdict: verdictOf(drift, holdings, notRead),
		...(kept === undefined ? {} : { comparedWith: expected.policy === undefined ? "rules" : "flags" }),
		...(recovered === undefined ? {} : { policy: recovered }),
		held: holdings.map((holding) => ({
			dialect: holding.dialect,
			scope: holding.scope,
			rules: ruleCount(holding),
		})),
		drift,
		foreignFirst: foreignRulesBefore(ruleset),
		others: otherTables(ruleset),
		remarks: [...remarksOn(holdings, expected), ...ruleset.unconfirmed.map(notConfirmed)],
		notRead,
	};
}

/** With the policy that the rules carry out, where it need not be read back from them: nothing differs from the flags. */
function compareGroup(group: readonly Holding[], expected: Expectation, notRead: readonly Gap[]) {
	const dialect = dialectOf(group);
	const isUnread = (family: Family) =>
		notRead.some((gap) => gap.dialect === dialect && (gap.scope === family || gap.scope === "inet"));
	const policy = expected.policy ?? recoverPolicy(group);
	const found = compare(dialect, group, planFor(policy), isUnread);
	return { found, policy: expected.policy === undefined || found.length === 0 ? policy : undefined };
}

function groupByDialect(holdings: readonly Holding[]): Holding[][] {
	const dialects = [...new Set(holdings.map(({ dialect }) => dialect))];
	return dialects.map((dialect) => holdings.filter((holding) => holding.dialect === dialect));
}

function dialectOf([first]: readonly Holding[]): TableDialect {
	return first?.dialect ?? "legacy";
}

/** Only flags can say that there should be something. */
function nothingThere({ policy, mode }: Expectation): Finding[] {
	const dialect = mode === undefined || mode === "plain" ? "legacy" : mode;
	return policy === undefined && mode === undefined
		? []
		: [{ dialect, scope: "inet", kind: "nothing", sentence: "there are no rules of ours at all" }];
}

function strayModes(found: readonly TableDialect[], wanted: Dialect | undefined): Finding[] {
	const isWanted = (dialect: TableDialect) =>
		dialect === wanted || (wanted === "plain" && dialect !== "nftables");
	const scope = "inet";
	if (wanted !== undefined) {
		return found
			.filter((dialect) => !isWanted(dialect))
			.map((dialect) => ({
				dialect,
				scope,
				kind: "other-mode",
				sentence: `there are rules in mode ${dialect}, where mode ${wanted} is asked for`,
			}));
	}
	return found.slice(1).map((dialect) => ({
		dialect,
		scope,
		kind: "second-mode",
		sentence: `there are rules in mode ${dialect} as well as in mode ${found[0]}: one of the two is left from an earlier run`,
	}));
}

function notConfirmed({ table = "", why, ...rest }: Gap): string {
	return `${describeTable({ ...rest, name: table })} is not confirmed: ${why}`;
}

/** Each once: a table whose program is missing is in both lists. */
function unreadable({ unsaved }: Sources, { gaps }: Ruleset): Gap[] {
	return [...new Map([...unsaved, ...gaps].map((gap) => [JSON.stringify(gap), gap])).values()];
}

/** Whether a table that was not read may hold rules of ours. */
export function mayBeOurs({ dialect, scope, table }: Gap): boolean {
	return dialect !== "nftables" || table === undefined || (table === "shunt" && scope === "inet");
}

function verdictOf(
	drift: readonly Finding[],
	holdings: readonly Holding[],
	notRead: readonly Gap[],
): Verdict {
	if (notRead.some(mayBeOurs)) {
		return "unknown";
	}
	if (drift.length > 0) {
		return "drift";
	}
	return holdings.length > 0 ? "in-sync" : "no-rules";
}
