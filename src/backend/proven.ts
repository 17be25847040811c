import { families } from "../domain/family.ts";
import { isIptables } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { hooks, type Plan } from "../rules/plan.ts";
import type { NatTable } from "../rules/ruleset.ts";
import { type ByteOrder, placeOf } from "../wire/bytes.ts";
import { natTableOf } from "../wire/ip-words.ts";
import type { TableContent } from "../wire/nat-tables.ts";
import type { HookedRule, KernelTable, OwnTable, PlanOf } from "./backend.ts";
import { caught } from "./backend-error.ts";
import { backendOf } from "./backends.ts";
import { natStandsAsSent } from "./iptables/as-sent.ts";
import { tableAsSent } from "./iptables/legacy-chains.ts";
import { type LegacyTable, orderOf, readLegacyTable } from "./iptables/legacy-table.ts";
import { likelyInLegacy } from "./iptables/likely-legacy.ts";
import { countInNft, likelyInNft } from "./iptables/likely-nft.ts";
import { chainNames } from "./iptables/own-state.ts";
import { tableStandsAsSent } from "./nftables/as-sent.ts";
import { likelyInOurTable } from "./nftables/likely-rules.ts";
import { isRecorded } from "./nftables/record.ts";

/**
 * What of these tables of x_tables is ours, where each of them that names our chains is a plan's byte for byte; none
 * otherwise. The others have to be read.
 */
export function provenInLegacy(host: Host, existing: readonly KernelTable[], planOf: PlanOf): OwnTable[] {
	const order = orderOf(host);
	const found: LegacyTable[] = [];
	const scopes = families.filter((family) => existing.some(({ scope }) => scope === family));
	const failure = caught(() => {
		found.push(...scopes.map((family) => readLegacyTable(host, family)));
	});
	const ours = found.filter(namesOurs);
	if (failure !== undefined || ours.length === 0) {
		return [];
	}
	const plan = planOf(
		ours.map((one) => ({
			table: { scope: one.family },
			rules: () => likelyInLegacy(one, order, one === ours[0] ? "all" : "of-one-family"),
		})),
	);
	const isForThese = isForFamilies(
		plan,
		ours.map(({ family }) => family),
	);
	const own = (isForThese ? ours : []).flatMap((one): OwnTable[] => {
		const sent = tableAsSent(one, plan, order);
		return sent === undefined
			? []
			: [
					{
						...held(natTableOf(sent, order), plan, () => likelyInLegacy(one, order)),
						count: sent.chains.reduce((sum, { rules }) => sum + rules.length, 0),
					},
				];
	});
	return own.length === ours.length ? own : [];
}

function namesOurs({ entries }: LegacyTable): boolean {
	return hooks.some((hook) => placeOf(entries, chainNames[hook].own) >= 0);
}

/** The same of tables of nf_tables: those of iptables-nft, and our own. */
export function provenInNfTables(
	contents: ReadonlyMap<NatTable, TableContent>,
	order: ByteOrder,
	planOf: PlanOf,
): OwnTable[] {
	const ours = [...contents].filter(([table]) =>
		hooks.every((hook) => {
			const { chain } = backendOf(table.dialect).chainAt(hook);
			return (
				table.chains.some(({ name }) => name === chain) && backendOf(table.dialect).ownsChain(table, chain)
			);
		}),
	);
	return [
		...provenNat(
			ours.filter(([{ dialect }]) => isIptables(dialect)),
			order,
			planOf,
		),
		...ours.filter(([{ dialect }]) => !isIptables(dialect)).flatMap((one) => provenOwn(one, order, planOf)),
	];
}

type Found = readonly [NatTable, TableContent];

function provenNat(found: readonly Found[], order: ByteOrder, planOf: PlanOf): OwnTable[] {
	if (found.length === 0) {
		return [];
	}
	const scopes = families.filter((family) => found.some(([{ scope }]) => scope === family));
	const plan = planOf(
		found.map(([table, content], index) => ({
			table,
			rules: () => likelyInNft(content, order, index === 0 ? "all" : "of-one-family"),
		})),
	);
	const stands = scopes.every((family) =>
		found.every(([{ scope }, content]) => scope !== family || natStandsAsSent(content, plan, family, order)),
	);
	return isForFamilies(plan, scopes) && stands
		? found.map(([table, content]) => ({
				...held(table, plan, () => likelyInNft(content, order)),
				count: countInNft(content),
			}))
		: [];
}

function provenOwn([table, content]: Found, order: ByteOrder, planOf: PlanOf): OwnTable[] {
	const rules = () => likelyInOurTable(content, order);
	const plan = planOf([{ table, rules }]);
	return tableStandsAsSent(content, plan, order)
		? [{ ...held(table, plan, rules), count: content.rules.length, isRecorded: isRecorded(table) }]
		: [];
}

/** Each family has a table where the plan is for it, and none where it is not. */
function isForFamilies(plan: Plan, scopes: readonly string[]): boolean {
	return plan.families.length === scopes.length && plan.families.every((family) => scopes.includes(family));
}

/** A list that names a thing twice does not come here, so that nobody has to look through its rules for that. */
function held(table: NatTable, plan: Plan, rules: () => readonly HookedRule[]): Omit<OwnTable, "count"> {
	return { table, chains: [], isRecorded: false, rules, holds: plan };
}
