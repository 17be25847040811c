import { hookOfOwnChain } from "../backend/iptables/chains.ts";
import type { NatChain, NatRule, NatTable, Ruleset, TableDialect } from "../ruleset/ruleset.ts";
import { wholeRules } from "../ruleset/whole-rules.ts";
import { isOurJump, isOurTable } from "./foreign-rules.ts";

/** What other programs have in a nat table. */
export interface OtherTable {
	readonly dialect: TableDialect;
	readonly scope: NatTable["scope"];
	readonly table: string;
	/** Rules that a pod's connections can come to. */
	readonly rules: number;
	/** Whose names the chains bear. */
	readonly programs: readonly string[];
	/** Rules of which a part is not understood. */
	readonly notUnderstood: readonly string[];
}

export function otherTables({ tables }: Ruleset): OtherTable[] {
	return tables.flatMap((table): OtherTable[] => {
		const chains = isOurTable(table) ? [] : reachable(table);
		const rules = chains
			.flatMap((chain) => wholeRules(chain.rules))
			.filter(([rule]) => !isOurJump(table, rule));
		const { dialect, scope, name } = table;
		const notUnderstood = rules.filter((parts) => parts.some(isUnclear)).map(([{ text }]) => text);
		const programs = programsOf([...chains.map((chain) => chain.name), name]);
		return rules.length === 0
			? []
			: [{ dialect, scope, table: name, rules: rules.length, programs, notUnderstood }];
	});
}

/** The chains of others that the base chains lead to, themselves included. */
function reachable({ chains }: NatTable): NatChain[] {
	const byName = new Map(chains.map((chain) => [chain.name, chain]));
	const names = new Set(chains.flatMap(({ name, base }) => (base === undefined ? [] : [name])));
	for (const name of names) {
		for (const { action } of byName.get(name)?.rules ?? []) {
			if ("chain" in action && hookOfOwnChain(action.chain) === undefined) {
				// A set's iteration goes on to what is added meanwhile.
				names.add(action.chain);
			}
		}
	}
	return chains.filter(({ name }) => names.has(name));
}

function isUnclear({ conditions, action }: NatRule): boolean {
	return action.kind === "unparsed" || conditions.some(({ test }) => test.kind === "unparsed");
}

/** By how their chains and tables begin, in whichever case. */
const programs: readonly (readonly [string, string])[] = [
	["istio", "Istio"],
	["kuma_mesh", "Kuma"],
	["consul_", "Consul"],
	["cilium", "Cilium"],
	["kube-", "Kubernetes"],
	["cni-", "CNI plugins"],
	["docker", "Docker"],
	["libvirt", "libvirt"],
];

function programsOf(names: readonly string[]): string[] {
	const lower = names.map((name) => name.toLowerCase());
	return programs.flatMap(([start, program]) =>
		lower.some((name) => name.startsWith(start)) ? [program] : [],
	);
}
