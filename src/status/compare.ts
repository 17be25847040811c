import type { OwnTable } from "../backend/backend.ts";
import { backendOf } from "../backend/backends.ts";
import type { Family } from "../domain/family.ts";
import type { TableDialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { changeInWords, type Drift } from "../rules/diff.ts";
import type { Plan } from "../rules/plan.ts";
import type { NatTable, Scope } from "../rules/ruleset.ts";

/** One way in which a table is not as it should be. */
export interface Finding {
	readonly dialect: TableDialect;
	readonly scope: Scope;
	readonly kind: Drift["kind"] | "nothing" | "missing-family" | "extra-family" | "other-mode" | "second-mode";
	readonly hook?: Drift["hook"];
	/** From 1: among the wanted rules for one that is missing, among those found for one too many. */
	readonly position?: number;
	/** The rule in words, or, where we would not write it, in its dialect's own. */
	readonly rule?: string;
	/** A clause without a full stop. */
	readonly sentence: string;
}

/** What all tables of one dialect are held against. */
export interface Wanted {
	readonly dialect: TableDialect;
	readonly plan: Plan;
	/** Whether a family's table could not be read, so that nobody knows whether it is missing. */
	readonly isUnread?: (family: Family) => boolean;
}

/** Holds all tables of one dialect against a plan; nothing more is read through `host`. */
export function compare(host: Host, own: readonly OwnTable[], wanted: Wanted): Finding[] {
	const { dialect, plan } = wanted;
	const tables = own.map(({ table }) => table);
	const found = tables.flatMap((table): Finding[] => {
		const { scope } = table;
		return scope === "ipv6" && !plan.families.includes(scope)
			? [{ dialect, scope, kind: "extra-family", sentence: `there are rules for ${scope}, which is off` }]
			: backendOf(dialect)
					.check(host, plan, [table])
					.flatMap(({ drift }) => drift.map((one) => findingOf(one, table)));
	});
	return [...found.map(namingOtherFamily(found, tables)), ...missingFamilies(tables, wanted)];
}

/** Of a rule that one family lacks, whether the other has it: there it is seen what was meant. */
function namingOtherFamily(all: readonly Finding[], tables: readonly NatTable[]) {
	const keyOf = (scope: string, { hook, rule }: Finding, text = rule) => `${scope} ${hook} ${text ?? ""}`;
	const lacking = new Set(all.map((finding) => keyOf(finding.scope, finding)));
	return (finding: Finding): Finding => {
		const other = tables.find(({ scope }) => scope !== "inet" && scope !== finding.scope)?.scope;
		const isOfFamily = / (?:from|to) \S+\/\d+/.test(` ${finding.rule}`);
		return finding.kind !== "missing-rule" ||
			other === undefined ||
			isOfFamily ||
			lacking.has(keyOf(other, finding)) ||
			lacking.has(keyOf(other, finding, ""))
			? finding
			: {
					...finding,
					sentence: finding.sentence.replace(" is missing:", ` is missing, which ${other} has:`),
				};
	};
}

function missingFamilies(
	tables: readonly NatTable[],
	{ dialect, plan, isUnread = () => false }: Wanted,
): Finding[] {
	const isThere = (family: Family) => tables.some(({ scope }) => scope === "inet" || scope === family);
	return plan.families
		.filter((family) => !isThere(family) && !isUnread(family))
		.map((scope) => ({
			dialect,
			scope,
			kind: "missing-family",
			sentence: `nothing of ours is there for ${scope}`,
		}));
}

function findingOf(drift: Drift, { dialect, scope }: NatTable): Finding {
	const { kind, hook } = drift;
	const text = "text" in drift ? drift.text : undefined;
	return {
		dialect,
		scope,
		kind,
		hook,
		...("position" in drift ? { position: drift.position } : {}),
		...(text === undefined ? {} : { rule: text }),
		sentence: sentenceOf(drift, backendOf(dialect).chainAt(hook).chain, text ?? ""),
	};
}

function sentenceOf(drift: Drift, chain: string, text: string): string {
	switch (drift.kind) {
		case "missing-chain":
			return `chain ${chain} is missing, switched off, or not entered from ${drift.hook}`;
		case "wrong-jumps":
			return drift.count === 0
				? `nothing leads from ${drift.hook} into chain ${chain}, so its rules do nothing`
				: `${drift.count} rules lead from ${drift.hook} into chain ${chain}, where one is right`;
		case "stray-jump":
			return `a rule that is not ours leads into chain ${chain}: ${text}`;
		case "missing-rule":
			return `rule ${drift.position} of chain ${chain} is missing: ${text}`;
		case "extra-rule":
			return `rule ${drift.position} of chain ${chain} should not be there: ${text}`;
		default:
			return changeInWords(drift, `chain ${chain}`);
	}
}
