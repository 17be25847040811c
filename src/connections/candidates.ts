import { loopbackInterface } from "../backend/loopback.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import type { Host } from "../host/host.ts";
import type { Condition } from "../rules/rule.ts";
import type { Ruleset } from "../rules/ruleset.ts";

/**
 * What rules look at and a connection that stands does not tell: of each, one value for every way in which the rules can
 * tell them apart. Whatever the rules do alike to all of them, they do to the connection.
 */
export interface Candidates {
	readonly loopback: string;
	/** Interfaces that a packet from or to elsewhere may have come by. */
	readonly interfaces: Readonly<Record<"in" | "out", readonly string[]>>;
	readonly uids: readonly number[];
	readonly gids: readonly number[];
	/** Whether any rule looks at a group, so that it is worth finding out. */
	readonly gidMatters: boolean;
	/** Whether any rule looks at where a packet comes from. */
	readonly sourceMatters: boolean;
}

export function candidatesFor(host: Host, ruleset: Ruleset): Candidates {
	const conditions = conditionsIn(ruleset);
	const loopback = loopbackInterface(host) ?? "lo";
	const present = interfacesOf(host).filter((name) => name !== loopback);
	const interfaces = (side: "in" | "out") => distinct(present, patternsOf(conditions, `${side}-interface`));
	const gids = spansOf(conditions, "gid");
	return {
		loopback,
		interfaces: { in: interfaces("in"), out: interfaces("out") },
		uids: oneOfEach(spansOf(conditions, "uid")),
		gids: oneOfEach(gids),
		gidMatters: gids.length > 0,
		sourceMatters: conditions.some(({ kind }) => kind === "source" || kind === "source-is-local"),
	};
}

function conditionsIn({ tables }: Ruleset): readonly Condition[] {
	return tables.flatMap(({ chains }) =>
		chains.flatMap(({ rules }) => rules.flatMap(({ conditions }) => conditions)),
	);
}

function patternsOf(
	conditions: readonly Condition[],
	kind: "in-interface" | "out-interface",
): readonly InterfacePattern[] {
	return conditions.flatMap((condition) => (condition.kind === kind ? condition.names : []));
}

function spansOf(conditions: readonly Condition[], kind: "uid" | "gid"): readonly Span[] {
	return conditions.flatMap((condition) => (condition.kind === kind ? condition.ids : []));
}

/** proc_pid_net(5): two lines of titles, then one for each interface. */
function interfacesOf(host: Host): readonly string[] {
	const table = host.readFile("/proc/self/net/dev") ?? "";
	return [...table.matchAll(/^\s*(\S+?):/gm)].map(([, name = ""]) => name);
}

/** Of interfaces that fit the same patterns, the first. */
function distinct(names: readonly string[], patterns: readonly InterfacePattern[]): readonly string[] {
	const fitting = (name: string) =>
		patterns
			.map((pattern) => (pattern.isPrefix ? name.startsWith(pattern.name) : name === pattern.name))
			.join();
	const first = new Map(names.toReversed().map((name) => [fitting(name), name]));
	// Without any interface a packet came by one that has gone.
	return names.length === 0 ? [""] : [...first.values()];
}

/** Both ends of every span, and a number that is in none. */
function oneOfEach(spans: readonly Span[]): readonly number[] {
	const isFree = (id: number) => !spans.some(({ low, high }) => low <= id && id <= high);
	const free = [0, ...spans.map(({ high }) => high + 1)].find(isFree) ?? 0;
	return [...new Set([free, ...spans.flatMap(({ low, high }) => [low, high])])];
}
