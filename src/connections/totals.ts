import type { Account } from "./account.ts";
import type { RuleName, Via } from "./describe.ts";

/** Connections that are alike to the rules: the same way, to the same kind of place, by the same rule. */
export interface Group {
	readonly direction: Account["direction"];
	readonly via: Via;
	readonly redirectedTo?: number;
	/** Whether anything but their sockets tells of them. */
	readonly tracking: Account["tracking"];
	readonly agrees: boolean | null;
	readonly now?: string;
	readonly why: readonly string[];
	/** What the rule is called; absent where none is about them, or it may be one of several. */
	readonly rule?: string;
	/** The rules of that name, one for each table that has it. */
	readonly rules: readonly RuleName[];
	readonly connections: readonly Account[];
}

/** In the order of how many there are, but what the present rules would do otherwise comes first. */
export function groupsOf(accounts: readonly Account[]): Group[] {
	const groups = new Map<string, Account[]>();
	for (const account of accounts) {
		const { direction, via, redirectedTo, tracking, agrees, now, rule, why = [] } = account;
		const key = JSON.stringify([direction, via, redirectedTo, tracking, agrees, now, rule?.name, why]);
		const group = groups.get(key);
		if (group === undefined) {
			groups.set(key, [account]);
		} else {
			group.push(account);
		}
	}
	return [...groups.values()]
		.flatMap(groupOf)
		.sort((a, b) => rank(b.agrees) - rank(a.agrees) || b.connections.length - a.connections.length);
}

function rank(agrees: boolean | null): number {
	return agrees === false ? 2 : agrees === null ? 1 : 0;
}

function groupOf(connections: readonly Account[]): Group[] {
	const [first] = connections;
	if (first === undefined) {
		return [];
	}
	const { direction, via, redirectedTo, tracking, agrees, now, rule, why = [] } = first;
	const rules = new Map(
		connections.flatMap(({ rule: each }) =>
			each === undefined ? [] : [[`${each.table} ${each.chain} ${each.position}`, each] as const],
		),
	);
	return [
		{
			direction,
			via,
			...(redirectedTo === undefined ? {} : { redirectedTo }),
			tracking,
			agrees,
			...(now === undefined ? {} : { now }),
			why,
			...(rule === undefined ? {} : { rule: rule.name }),
			rules: [...rules.values()],
			connections,
		},
	];
}

/** How many there are of what. */
export interface Totals {
	readonly connections: number;
	readonly proxy: number;
	readonly pastProxy: number;
	readonly elsewhere: number;
	readonly unknown: number;
	/** Those that the present rules would have go elsewhere. */
	readonly otherwise: number;
}

export function totalsOf(accounts: readonly Account[]): Totals {
	const count = (wanted: Via) => accounts.filter(({ via }) => via === wanted).length;
	return {
		connections: accounts.length,
		proxy: count("proxy"),
		pastProxy: count("past-proxy"),
		elsewhere: count("elsewhere"),
		unknown: count("unknown"),
		otherwise: accounts.filter(({ agrees }) => agrees === false).length,
	};
}
