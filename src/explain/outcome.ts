import type { Ruleset } from "../rules/ruleset.ts";
import type { KnownFate, NatFate } from "../rules/walk.ts";

/** What of a packet's fate most people want to know. */
export type Outcome =
	| "proxy"
	/** To its destination, or to something else that is no proxy. */
	| "past-proxy"
	| "refused"
	/** It may be more than one of these. */
	| "unknown";

/** The outcome that all of a fate's ways have in common, if they do. `isProxy` says which ports are a proxy's. */
export function outcomeOf(fate: NatFate, isProxy: (port: number) => boolean): Outcome {
	const ways: readonly KnownFate[] = fate.kind === "unknown" ? (fate.ways ?? []) : [fate];
	const [outcome = "unknown", ...others] = new Set(ways.map((way) => outcomeOfWay(way, isProxy)));
	return others.length === 0 ? outcome : "unknown";
}

function outcomeOfWay(way: KnownFate, isProxy: (port: number) => boolean): Outcome {
	switch (way.kind) {
		case "redirect":
			return isProxy(way.port) ? "proxy" : "past-proxy";
		case "drop":
			return "refused";
		default:
			return "past-proxy";
	}
}

/** The ports that a ruleset's own redirections lead to, of those rules that `isProxys` knows for a proxy's. */
export function proxyPortsIn({ tables }: Ruleset, isProxys: IsProxys): ReadonlySet<number> {
	return new Set(
		tables.flatMap((table) =>
			table.chains.flatMap(({ name: chain, rules }) =>
				rules.flatMap((rule) =>
					rule.action.kind === "redirect" &&
					rule.action.ports !== undefined &&
					isProxys({ rule, chain, table })
						? [rule.action.ports.low]
						: [],
				),
			),
		),
	);
}

type Table = Ruleset["tables"][number];

type IsProxys = (place: {
	readonly rule: Table["chains"][number]["rules"][number];
	readonly chain: string;
	readonly table: Table;
}) => boolean;
