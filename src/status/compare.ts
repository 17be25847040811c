import { chainNames } from "../backend/iptables/chains.ts";
import { driftOfState } from "../backend/iptables/observe.ts";
import { driftOf } from "../backend/nftables/nftables.ts";
import type { Family } from "../domain/family.ts";
import type { Drift } from "../plan/diff.ts";
import type { Plan } from "../plan/plan.ts";
import type { TableDialect } from "../ruleset/ruleset.ts";
import type { Holding } from "./holding.ts";

/** One way in which a table is not as it should be. */
export interface Finding {
	readonly dialect: TableDialect;
	readonly scope: Family | "inet";
	readonly kind: Drift["kind"] | "nothing" | "missing-family" | "extra-family" | "other-mode" | "second-mode";
	readonly hook?: Drift["hook"];
	/** From 1: among the wanted rules for one that is missing, among those found for one too many. */
	readonly position?: number;
	/** The rule in words, or, where we would not write it, in its dialect's own. */
	readonly rule?: string;
	/** A clause without a full stop. */
	readonly sentence: string;
}

/** Holds all tables of one dialect against a plan. */
export function compare(
	dialect: TableDialect,
	holdings: readonly Holding[],
	plan: Plan,
	isUnread: (family: Family) => boolean = () => false,
): Finding[] {
	const found = holdings.flatMap((holding): Finding[] => {
		const { scope } = holding;
		if (holding.dialect === "nftables") {
			return driftOf(plan, holding.listed).map((drift) => findingOf(drift, holding));
		}
		return holding.scope !== "ipv4" && !plan.families.includes(holding.scope)
			? [{ dialect, scope, kind: "extra-family", sentence: `there are rules for ${scope}, which is off` }]
			: driftOfState(plan, holding.scope, holding.own).map((drift) => findingOf(drift, holding));
	});
	return [
		...found.map(namingOtherFamily(found, holdings)),
		...missingFamilies(dialect, holdings, plan, isUnread),
	];
}

/** Of a rule that one family lacks, whether the other has it: there it is seen what was meant. */
function namingOtherFamily(all: readonly Finding[], holdings: readonly Holding[]) {
	const keyOf = (scope: string, { hook, rule }: Finding, text = rule) => `${scope} ${hook} ${text ?? ""}`;
	const lacking = new Set(all.map((finding) => keyOf(finding.scope, finding)));
	return (finding: Finding): Finding => {
		const other = holdings.find(({ scope }) => scope !== "inet" && scope !== finding.scope)?.scope;
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

/** Of a table that could not be read nobody knows whether it is missing. */
function missingFamilies(
	dialect: TableDialect,
	holdings: readonly Holding[],
	plan: Plan,
	isUnread: (family: Family) => boolean,
): Finding[] {
	const isThere = (family: Family) => holdings.some(({ scope }) => scope === "inet" || scope === family);
	return plan.families
		.filter((family) => !isThere(family) && !isUnread(family))
		.map((scope) => ({
			dialect,
			scope,
			kind: "missing-family",
			sentence: `nothing of ours is there for ${scope}`,
		}));
}

function findingOf(drift: Drift, { dialect, scope }: Holding): Finding {
	const { kind, hook } = drift;
	const text = "text" in drift ? withoutUnknownPort(drift.text) : undefined;
	return {
		dialect,
		scope,
		kind,
		hook,
		...("position" in drift ? { position: drift.position } : {}),
		...(text === undefined ? {} : { rule: text }),
		sentence: sentenceOf(drift, dialect === "nftables" ? hook : chainNames[hook].own, text ?? ""),
	};
}

/** See `unknownPort`. */
function withoutUnknownPort(text: string): string {
	return text.replace("redirect to port 0 [", "redirect to the proxy's port [");
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
	}
}
