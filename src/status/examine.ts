import type { OwnTable } from "../backend/backend.ts";
import { backendOf, kernelTables } from "../backend/backends.ts";
import { loopbackName } from "../backend/loopback.ts";
import { type Reading, readTables } from "../backend/read.ts";
import type { Family } from "../domain/family.ts";
import { type Dialect, defaultMode, type TableDialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Plan, plan as planFor } from "../rules/plan.ts";
import { describeTable, type Gap, type Scope } from "../rules/ruleset.ts";
import { compare, type Finding } from "./compare.ts";
import { type ForeignRule, foreignRulesBefore } from "./foreign-rules.ts";
import type { GivenPolicy } from "./given-policy.ts";
import type { Progress } from "./look-into.ts";
import { type OtherTable, otherTables } from "./other-tables.ts";
import { recoverPolicy } from "./recover-policy.ts";
import { notRuledOut, remarksOn } from "./remarks.ts";

/** What should be there, as far as anybody but the rules said. */
export interface Expectation {
	readonly given: GivenPolicy | undefined;
	/** Absent where any will do. */
	readonly mode: Dialect | undefined;
}

/** How it stands with one network namespace. */
export interface Examination {
	readonly verdict: Verdict;
	/**
	 * What the rules were held against: flags, a pod's stamp, what their table records of how they were made, or only what
	 * they themselves say. Absent where there are none.
	 */
	readonly comparedWith?: "flags" | "stamp" | "record" | "rules";
	/** Where the stamp was read. */
	readonly stamp?: string;
	/** What may have happened to the rules and would not show in them, where they were held against themselves alone. */
	readonly notRuledOut: readonly string[];
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
	readonly scope: Scope;
	readonly rules: number;
}

/** Looks into the network namespace that the host is in. Changes nothing. */
export function examine(host: Host, expected: Expectation, progress: Progress): Examination {
	progress("the tools are listing the rules");
	const policies = new Map<Plan, RedirectPolicy>();
	const reading = readTables(host, {
		isOursTold: false,
		whenListed: () => progress("the tools have listed the rules, which are being read"),
		planOf: (tables) => {
			const policy = expected.given?.policy ?? recoverPolicy(tables);
			const plan = planFor(policy, loopbackName(host));
			policies.set(plan, policy);
			return plan;
		},
	});
	progress("the rules are read and are being compared");
	const { ruleset, own } = reading;
	const byDialect = groupByDialect(own);
	const [kept] = byDialect;
	const notRead = unreadable(reading);
	const compared = byDialect.map((group) => {
		// Of one dialect all tables hold it, or none was seen to.
		const held = policies.get(group[0]?.holds as Plan);
		return held === undefined ? compareGroup(host, group, expected, notRead) : { found: [], policy: held };
	});
	const drift = [
		...(kept === undefined && !notRead.some(mayBeOurs) ? nothingThere(expected) : []),
		...compared.flatMap(({ found }) => found),
		...strayModes(byDialect.map(dialectOf), expected.mode),
	];
	const recovered = kept && (compared[0]?.policy ?? recoverPolicy(kept));
	progress("the rules are compared, and the report is being made");
	return {
		verdict: verdictOf(drift, own, notRead),
		...(kept === undefined ? {} : basisOf(expected.given, kept)),
		notRuledOut: expected.given === undefined ? byDialect.flatMap(notRuledOut) : [],
		...(recovered === undefined ? {} : { policy: recovered }),
		held: own.map(({ table, count }) => ({ dialect: table.dialect, scope: table.scope, rules: count })),
		drift,
		foreignFirst: foreignRulesBefore(ruleset),
		others: otherTables(ruleset),
		remarks: [...remarksOn(own, expected), ...ruleset.unconfirmed.map(notConfirmed)],
		notRead,
	};
}

/** With the policy that the rules carry out, where it need not be read back from them: nothing differs from the flags. */
function compareGroup(
	host: Host,
	group: readonly OwnTable[],
	expected: Expectation,
	notRead: readonly Gap[],
) {
	const dialect = dialectOf(group);
	const isUnread = (family: Family) =>
		notRead.some((gap) => gap.dialect === dialect && (gap.scope === family || gap.scope === "inet"));
	const given = expected.given?.policy;
	const policy = given ?? recoverPolicy(group);
	const found = compare(host, group, { dialect, plan: planFor(policy, loopbackName(host)), isUnread });
	return { found, policy: given === undefined || found.length === 0 ? policy : undefined };
}

function basisOf(given: GivenPolicy | undefined, own: readonly OwnTable[]) {
	if (given === undefined) {
		return { comparedWith: own.every(({ isRecorded }) => isRecorded) ? "record" : "rules" } as const;
	}
	return given.by === "flags"
		? ({ comparedWith: "flags" } as const)
		: ({ comparedWith: "stamp", stamp: given.by.stamp } as const);
}

function groupByDialect(own: readonly OwnTable[]): OwnTable[][] {
	const dialects = [...new Set(own.map(({ table }) => table.dialect))];
	return dialects.map((dialect) => own.filter(({ table }) => table.dialect === dialect));
}

function dialectOf([first]: readonly OwnTable[]): TableDialect {
	return first?.table.dialect ?? defaultMode;
}

/** The dialects whose tables a mode may work on: which of two, `plain` only tells by doing. */
function tableDialectsOf(mode: Dialect): readonly TableDialect[] {
	return backendOf(mode).tables.map(({ dialect }) => dialect);
}

/** The rules themselves cannot say that there should be something. */
function nothingThere({ given, mode }: Expectation): Finding[] {
	const [dialect = defaultMode] = tableDialectsOf(mode ?? defaultMode);
	return given === undefined && mode === undefined
		? []
		: [{ dialect, scope: "inet", kind: "nothing", sentence: "there are no rules of ours at all" }];
}

function strayModes(found: readonly TableDialect[], wanted: Dialect | undefined): Finding[] {
	const scope = "inet";
	if (wanted !== undefined) {
		return found
			.filter((dialect) => !tableDialectsOf(wanted).includes(dialect))
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
function unreadable({ unsaved, ruleset }: Reading): Gap[] {
	return [...new Map([...unsaved, ...ruleset.gaps].map((gap) => [JSON.stringify(gap), gap])).values()];
}

/** Whether a table that was not read may hold rules of ours: what nft was to list may be iptables-nft's. */
export function mayBeOurs({ dialect, scope, table }: Gap): boolean {
	const subsystems = backendOf(dialect).tables.map(({ subsystem }) => subsystem);
	return (
		table === undefined ||
		kernelTables.some(
			(one) => subsystems.includes(one.subsystem) && one.scope === scope && one.name === table,
		)
	);
}

function verdictOf(drift: readonly Finding[], own: readonly OwnTable[], notRead: readonly Gap[]): Verdict {
	if (notRead.some(mayBeOurs)) {
		return "unknown";
	}
	if (drift.length > 0) {
		return "drift";
	}
	return own.length > 0 ? "in-sync" : "no-rules";
}
