import type { Hook } from "../plan/plan.ts";

/** Where the rules of a hook stand once they are made. */
export interface ChainPlace {
	readonly chain: string;
	/** The table, where it is one of ours alone, as a step names it and as a drawing does. */
	readonly table?: { readonly label: string; readonly short: string };
}

/** Which names the rules get: the mode `nftables` has a table of its own, all the others chains in iptables' nat table. */
export type Tables = "iptables" | "nftables";

export function placeOf(tables: Tables, hook: Hook): ChainPlace {
	return tables === "nftables"
		? { chain: hook, table: { label: "nftables inet shunt", short: "shunt" } }
		: { chain: hook === "prerouting" ? "PROXY_INIT_REDIRECT" : "PROXY_INIT_OUTPUT" };
}
