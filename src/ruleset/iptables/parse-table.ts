import type { Family } from "../../domain/family.ts";
import type { Hook } from "../../plan/plan.ts";
import { groupBy } from "../group-by.ts";
import type { Base, NatChain, NatTable } from "../ruleset.ts";
import { parseRule } from "./parse-rule.ts";

/** NF_IP_PRI_NAT_DST in linux/netfilter_ipv4.h: where both variants of iptables put these two chains. */
const priority = -100;

const hooks: Readonly<Record<string, Hook>> = { PREROUTING: "prerouting", OUTPUT: "output" };

/** Reads `iptables-save -t nat` of one variant and family. */
export function parseSavedTable(output: string, dialect: "legacy" | "nft", scope: Family): NatTable {
	const lines = output.split("\n");
	const heads = lines.flatMap((line) => {
		const [, name, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
		return name === undefined ? [] : [{ name, policy: policy ?? "-" }];
	});
	const userChains = new Set(heads.filter(({ policy }) => policy === "-").map(({ name }) => name));
	const isChain = (name: string) => userChains.has(name);
	const rules = lines.flatMap((line) => {
		const [, chain, spec] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
		return chain === undefined ? [] : [{ chain, rule: parseRule(spec ?? "", isChain) }];
	});
	const rulesOf = groupBy(rules, ({ chain }) => chain);
	return {
		dialect,
		scope,
		name: "nat",
		chains: heads.map(
			({ name, policy }): NatChain => ({
				name,
				rules: (rulesOf.get(name) ?? []).map(({ rule }) => rule),
				...baseOf(name, policy),
			}),
		),
	};
}

function baseOf(name: string, policy: string): { base?: Base } {
	const hook = policy === "-" ? undefined : hooks[name];
	return hook === undefined
		? {}
		: { base: { hook, priority, policy: policy === "DROP" ? "drop" : "accept" } };
}
