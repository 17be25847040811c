import { byWay } from "../backend/either-way.ts";
import { readRuleset } from "../backend/read.ts";
import type { Transport } from "../domain/transport.ts";
import { rulesetNotes } from "../explain/ruleset-summary.ts";
import { proxyPortsOf } from "../explain/ruleset-trace.ts";
import type { Host } from "../host/host.ts";
import { describeTable, type Ruleset } from "../rules/ruleset.ts";
import type { Progress } from "../status/look-into.ts";
import type { Account } from "./account.ts";
import { candidatesFor } from "./candidates.ts";
import { type Connection, endedStates, ownerOf } from "./connection.ts";
import { endInWords, nameRule, viaOf, wouldGo } from "./describe.ts";
import type { Filter } from "./filter.ts";
import { gather, type Unread } from "./gather.ts";
import { joinConnections, placeOf } from "./join.ts";
import { Judge } from "./judge.ts";
import { type FindOwners, Owners } from "./owners.ts";

/** How it stands with the connections of one network namespace. */
export interface Survey {
	readonly connections: readonly Account[];
	/** Those that are over and left out. */
	readonly ended: number;
	readonly unread: readonly Unread[];
	/** What is worth knowing: sentences without a full stop. */
	readonly notes: readonly string[];
}

export interface Wish {
	readonly filter: Filter;
	readonly transport: Transport;
}

/** Looks into the network namespace that the host is in. Changes nothing. */
export function survey(host: Host, findOwners: FindOwners, wish: Wish, progress: Progress): Survey {
	progress("asking the kernel for connections and sockets");
	const gathered = gather(host);
	progress("reading the rules");
	const ruleset = readRuleset(byWay(host, wish.transport));
	progress("putting connections and sockets together");
	const all = joinConnections(gathered, placeOf(host));
	const wanted = all.filter((connection) => wish.filter.takesConnection(connection));
	progress(`looking for the programs of ${wanted.length} connections`);
	const owners = new Owners(
		host,
		findOwners,
		wanted.flatMap(({ sender, receiver }) => [sender, receiver]),
	);
	progress(`holding ${wanted.length} connections against the rules`);
	const judge = new Judge(ruleset, candidatesFor(host, ruleset), ({ sender }) => owners.gidOf(sender));
	const proxyPorts = proxyPortsOf(ruleset);
	const accounts = wanted
		.map((connection) => accountOf(connection, judge, owners, proxyPorts))
		.filter((account) => wish.filter.takesAccount(account));
	const isOver = ({ state }: Connection) => endedStates.has(state);
	return {
		connections: accounts,
		ended: wish.filter.takesEnded ? 0 : all.filter(isOver).length,
		unread: [...gathered.unread, ...unreadRules(ruleset), ...unseenOwners(owners, accounts)],
		// What is not understood of rules matters where a connection meets it, and is then said of that.
		notes: [
			...notesOn(host, accounts),
			...rulesetNotes({ tables: [], gaps: [], unconfirmed: ruleset.unconfirmed }),
		],
	};
}

function accountOf(
	connection: Connection,
	judge: Judge,
	owners: Owners,
	proxyPorts: ReadonlySet<number>,
): Account {
	const { direction, family, from, to, wentTo, state, tracking, isRedirected, receiver } = connection;
	const { agrees, now, rule, why } = judge.judge(connection);
	const ownSocket = ownerOf(connection);
	const owner = owners.of(ownSocket);
	const taker = receiver === ownSocket ? undefined : owners.of(receiver);
	return {
		direction,
		family,
		from: endInWords(from),
		to: endInWords(to),
		...(wentTo === undefined ? {} : { wentTo: endInWords(wentTo) }),
		via: viaOf(connection, proxyPorts),
		...(isRedirected && wentTo !== undefined ? { redirectedTo: wentTo.port } : {}),
		state,
		tracking,
		...(owner === undefined ? {} : { owner }),
		...(taker === undefined ? {} : { receiver: taker }),
		...(rule === undefined ? {} : { rule: nameRule(rule, direction) }),
		agrees: agrees ?? null,
		...(now === undefined || agrees === true ? {} : { now: wouldGo(now.fate, proxyPorts) }),
		...(why.length === 0 ? {} : { why }),
	};
}

function unreadRules({ gaps }: Ruleset): Unread[] {
	return gaps.map(({ table, why, code, ...rest }) => ({
		what: "rules",
		why: `${table === undefined ? `rules of ${rest.dialect} for ${rest.scope}` : describeTable({ ...rest, name: table })}: ${why}`,
		code: code === "not-permitted" || code === "missing-tool" ? code : "refused",
	}));
}

function unseenOwners({ hidden }: Owners, accounts: readonly Account[]): Unread[] {
	const without = accounts.filter(({ owner }) => owner !== undefined && owner.process === undefined).length;
	return hidden === 0 || without === 0
		? []
		: [
				{
					what: "owners",
					why: `${hidden} processes may not be looked at, and ${without} connections may be theirs; run it as root with the capability SYS_PTRACE`,
					code: "not-permitted",
					isMinor: true,
				},
			];
}

function notesOn(host: Host, accounts: readonly Account[]): string[] {
	const number = (file: string) => Number(host.readFile(`/proc/sys/net/netfilter/${file}`) ?? Number.NaN);
	const [count, most] = [number("nf_conntrack_count"), number("nf_conntrack_max")];
	const isNoted = accounts.some(({ tracking }) => tracking === "none");
	return [
		...(most > 0 && count >= most
			? [
					`the table of tracked connections is full (${count} of ${most}): new connections are dropped until some end or nf_conntrack_max is raised on the node`,
				]
			: []),
		...(isNoted && count === 0
			? ["no connection is tracked here: nothing asks for it, or none has sent anything since something does"]
			: []),
	];
}
