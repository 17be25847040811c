import type { TableDialect } from "../domain/mode.ts";
import { unparsedIn } from "../rules/rule.ts";
import {
	type NatChain,
	type NatTable,
	type Ruleset,
	type Scope,
	targetOf,
	wholeRules,
} from "../rules/ruleset.ts";
import { isOurJump, isOurs } from "./foreign-rules.ts";

/** What other programs have in a nat table. */
export interface OtherTable {
	readonly dialect: TableDialect;
	readonly scope: Scope;
	readonly table: string;
	/** Rules that a pod's connections can come to. */
	readonly rules: number;
	/** The programs that the names of chains and table tell of. */
	readonly programs: readonly string[];
	/** Rules of which a part is not understood. */
	readonly notUnderstood: readonly string[];
}

export function otherTables({ tables }: Ruleset): OtherTable[] {
	return tables.flatMap((table): OtherTable[] => {
		const chains = reachable(table);
		const rules = chains
			.flatMap((chain) => wholeRules(chain.rules))
			.filter(([rule]) => !isOurJump(table, rule));
		const { dialect, scope, name } = table;
		const notUnderstood = rules
			.filter((parts) => parts.some((part) => unparsedIn(part).length > 0))
			.map(([{ text }]) => text);
		const programs = programsOf([...chains.map((chain) => chain.name), name]);
		return rules.length === 0
			? []
			: [{ dialect, scope, table: name, rules: rules.length, programs, notUnderstood }];
	});
}

/** The chains of others that the base chains lead to, themselves included. */
function reachable(table: NatTable): NatChain[] {
	const others = table.chains.filter(({ name }) => !isOurs(table, name));
	const byName = new Map(others.map((chain) => [chain.name, chain]));
	const names = new Set(others.flatMap(({ name, base }) => (base === undefined ? [] : [name])));
	for (const name of names) {
		for (const rule of byName.get(name)?.rules ?? []) {
			const target = targetOf(rule);
			if (target !== undefined) {
				// A set's iteration goes on to what is added meanwhile.
				names.add(target);
			}
		}
	}
	return others.filter(({ name }) => names.has(name));
}

/** Programs by how the names of their chains and tables begin, in whichever case. */
const programs: readonly (readonly [string, string])[] = [
	["istio", "Istio"],
	["kuma_mesh", "Kuma"],
	["consul_", "Consul"],
	["cilium", "Cilium"],
	["cali", "Calico"],
	["kube-", "Kubernetes"],
	["cni-", "CNI plugins"],
	["docker", "Docker"],
	["libvirt", "libvirt"],
	["ts-", "Tailscale"],
];

function programsOf(names: readonly string[]): string[] {
	const lower = names.map((name) => name.toLowerCase());
	return programs.flatMap(([start, program]) =>
		lower.some((name) => name.startsWith(start)) ? [program] : [],
	);
}
