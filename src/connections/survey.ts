import { byWay } from "../backend/either-way.ts";
import { readRuleset } from "../backend/read.ts";
import type { Transport } from "../domain/transport.ts";
import { rulesetNotes } from "../explain/ruleset-summary.ts";
import { proxyPortsOf } from "../explain/ruleset-trace.ts";
import type { Host } from "../host/host.ts";
import { describeTable, type Ruleset } from "../rules/ruleset.ts";
import type { NatStep } from "../rules/walk.ts";
import type { Progress } from "../status/look-into.ts";
import type { Account } from "./account.ts";
import { candidatesFor } from "./candidates.ts";
import { type Connection, endedStates, ownerOf } from "./connection.ts";
import { endInWords, nameRule, type RuleName, viaOf, wouldGo } from "./describe.ts";
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
	progress(`looking for the programs of ${gathered.sockets.length} sockets`);
	const owners = new Owners(host, findOwners, gathered.sockets);
	progress("holding connections against the rules");
	const judge = new Judge(ruleset, candidatesFor(host, ruleset), ({ sender }) => owners.gidOf(sender));
	const teller = new Teller(judge, owners, proxyPortsOf(ruleset));
	const accounts: Account[] = [];
	let ended = 0;
	for (const connection of joinConnections(gathered, placeOf(host))) {
		ended += endedStates.has(connection.state) ? 1 : 0;
		const account = wish.filter.takesConnection(connection) ? teller.accountOf(connection) : undefined;
		if (account !== undefined && wish.filter.takesAccount(account)) {
			accounts.push(account);
		}
	}
	return {
		connections: accounts,
		ended: wish.filter.takesEnded ? 0 : ended,
		unread: [...gathered.unread, ...unreadRules(ruleset), ...unseenOwners(owners, accounts)],
		// What is not understood of rules matters where a connection meets it, and is then said of that.
		notes: [
			...notesOn(host, accounts),
			...rulesetNotes({ tables: [], gaps: [], unconfirmed: ruleset.unconfirmed }),
		],
	};
}

/** Says of connections what there is to say. What many of them share is made once. */
class Teller {
	readonly #judge: Judge;
	readonly #owners: Owners;
	readonly #proxyPorts: ReadonlySet<number>;
	readonly #rules = new Map<NatStep, RuleName>();

	constructor(judge: Judge, owners: Owners, proxyPorts: ReadonlySet<number>) {
		this.#judge = judge;
		this.#owners = owners;
		this.#proxyPorts = proxyPorts;
	}

	accountOf(connection: Connection): Account {
		const { direction, family, from, to, wentTo, state, tracking, isRedirected, receiver } = connection;
		const { agrees, now, rule, why } = this.#judge.judge(connection);
		const ownSocket = ownerOf(connection);
		const owner = this.#owners.of(ownSocket);
		const taker = receiver === ownSocket ? undefined : this.#owners.of(receiver);
		return {
			direction,
			family,
			from: endInWords(from),
			to: endInWords(to),
			...(wentTo === undefined ? {} : { wentTo: endInWords(wentTo) }),
			via: viaOf(connection, this.#proxyPorts),
			...(isRedirected && wentTo !== undefined ? { redirectedTo: wentTo.port } : {}),
			state,
			tracking,
			...(owner === undefined ? {} : { owner }),
			...(taker === undefined ? {} : { receiver: taker }),
			...(rule === undefined ? {} : { rule: this.#nameOf(rule, direction) }),
			agrees: agrees ?? null,
			...(now === undefined || agrees === true ? {} : { now: wouldGo(now.fate, this.#proxyPorts) }),
			...(why.length === 0 ? {} : { why }),
		};
	}

	#nameOf(rule: NatStep, direction: Connection["direction"]): RuleName {
		const name = this.#rules.get(rule) ?? nameRule(rule, direction);
		this.#rules.set(rule, name);
		return name;
	}
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
	const untracked = accounts.filter(({ tracking }) => tracking === "none");
	const wanted = untracked.filter(({ agrees }) => agrees === false).length;
	return [
		...(most > 0 && count >= most
			? [
					`the table of tracked connections is full (${count} of ${most}): new connections are dropped until some end or nf_conntrack_max is raised on the node`,
				]
			: []),
		...(untracked.length > 0 && count === 0
			? ["no connection is tracked here: nothing asks for it, or none has sent anything since something does"]
			: []),
		// Conntrack takes the first packet that it sees of one for its beginning; findings/rules-reach-connections-made-before.sh.
		...(wanted > 0 && number("nf_conntrack_tcp_loose") !== 0
			? [
					`${wanted} untracked ${wanted === 1 ? "connection is" : "connections are"} about to break: the next packet of each is taken for a new connection and goes by the present rules`,
				]
			: []),
	];
}
