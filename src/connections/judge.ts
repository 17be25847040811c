import type { Address } from "../domain/cidr.ts";
import { type Decision, decisionOn } from "../explain/ruleset-trace.ts";
import type { Packet } from "../rules/evaluate.ts";
import { hookOf } from "../rules/plan.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import type { KnownFate, NatStep } from "../rules/walk.ts";
import { addressText } from "../wire/field.ts";
import type { Candidates } from "./candidates.ts";
import { type Connection, type End, ownerOf } from "./connection.ts";
import { same } from "./join.ts";

/** What the present rules say of a connection that stands. */
export interface Judgement {
	/** Whether they would have it go where it went; undefined where that cannot be told. */
	readonly agrees: boolean | undefined;
	/** What they would do now; undefined where that depends on what nobody can tell. */
	readonly now: Decision | undefined;
	/** The rule that explains it, or would now decide. Absent where none is about it, or it may be one of several. */
	readonly rule: NatStep | undefined;
	/** Why something is not known, where it is not: clauses without a full stop. */
	readonly why: readonly string[];
}

/** Asks the rules of one network namespace about thousands of connections, most of which are alike to them. */
export class Judge {
	readonly #ruleset: Ruleset;
	readonly #candidates: Candidates;
	readonly #gidOf: (connection: Connection) => number | undefined;
	readonly #known = new Map<string, readonly Decision[]>();

	/** `gidOf`: of whoever made it, where that can be found out. */
	constructor(
		ruleset: Ruleset,
		candidates: Candidates,
		gidOf: (connection: Connection) => number | undefined,
	) {
		this.#ruleset = ruleset;
		this.#candidates = candidates;
		this.#gidOf = gidOf;
	}

	judge(connection: Connection): Judgement {
		const decisions = this.#decisions(connection);
		const agreement = decisions.map(({ fate }) =>
			fate.kind === "unknown" ? fitsAny(fate.ways, connection) : fits(fate, connection),
		);
		const fitting = decisions.filter((_, index) => agreement[index] === true);
		const isKnown = !agreement.includes(undefined);
		if (connection.wentTo !== undefined && fitting.length > 0) {
			const one = oneOf(fitting);
			return { agrees: true, now: one, rule: one?.decider, why: one === undefined ? [severalRules] : [] };
		}
		const now = oneOf(decisions);
		// Where it went may be all that nobody knows.
		const isClear = isKnown || (connection.wentTo === undefined && now?.fate.kind !== "unknown");
		const why = isClear && now !== undefined ? [] : whyUnknown(decisions);
		const agrees = connection.wentTo !== undefined && isKnown ? false : undefined;
		return { agrees, now, rule: now?.decider, why };
	}

	/** One for each way in which what is not known of the connection could matter. */
	#decisions(connection: Connection): readonly Decision[] {
		const { family, direction, from, to, isToLocal } = connection;
		const isOutbound = direction === "outbound";
		const uid = isOutbound ? ownerOf(connection)?.uid : undefined;
		const gid = isOutbound && this.#candidates.gidMatters ? this.#gidOf(connection) : undefined;
		const source = this.#candidates.sourceMatters ? from.address : "";
		const key = [direction, isToLocal, source, to.address, to.port, uid, gid].join("\n");
		const known = this.#known.get(key);
		if (known !== undefined) {
			return known;
		}
		const { loopback, interfaces, uids, gids } = this.#candidates;
		const ways = isOutbound && isToLocal ? [loopback] : interfaces[isOutbound ? "out" : "in"];
		const unknownIds = [undefined];
		const decisions = ways.flatMap((way) =>
			(isOutbound ? idsOf(uid, uids) : unknownIds).flatMap((someUid) =>
				(isOutbound ? idsOf(gid, gids) : unknownIds).map((someGid) => {
					const packet: Packet = {
						hook: hookOf[isOutbound ? "outbound" : "inbound"],
						family,
						protocol: "tcp",
						source: addressOf(from, family),
						destination: addressOf(to, family),
						destinationPort: to.port,
						interface: way,
						...(someUid === undefined ? {} : { uid: someUid }),
						...(someGid === undefined ? {} : { gid: someGid }),
					};
					return decisionOn(this.#ruleset, { packet, destinationIsLocal: isToLocal });
				}),
			),
		);
		this.#known.set(key, decisions);
		return decisions;
	}
}

function idsOf(known: number | undefined, candidates: readonly number[]): readonly number[] {
	return known === undefined ? candidates : [known];
}

function addressOf({ address }: End, family: Address["family"]): Address {
	return { family, bytes: Array.from(address, (byte) => byte.charCodeAt(0)) };
}

/** The decision that all of them are, if they are one. */
function oneOf([first, ...others]: readonly Decision[]): Decision | undefined {
	const isOne = others.every(
		({ fate, decider }) =>
			JSON.stringify(fate) === JSON.stringify(first?.fate) && decider?.rule === first?.decider?.rule,
	);
	return isOne ? first : undefined;
}

function whyUnknown(decisions: readonly Decision[]): readonly string[] {
	const whys = decisions.flatMap(({ fate }) => (fate.kind === "unknown" ? fate.why : []));
	return whys.length > 0 ? [...new Set(whys)] : [`it depends on ${cannotBeTold}`];
}

const cannotBeTold = "who made it, or on its interface, which cannot be told any more";
const severalRules = `one of several rules, which depends on ${cannotBeTold}`;

/** Whether a connection went as one of these would have it; undefined where what they are is not known. */
function fitsAny(ways: readonly KnownFate[] | undefined, connection: Connection): boolean | undefined {
	const found = ways?.map((way) => fits(way, connection));
	return found?.every((fitting) => fitting === false) === true ? false : undefined;
}

/** Whether it went where this fate leads; undefined where that cannot be told. */
function fits(fate: KnownFate, { to, wentTo, isRedirected, isToLocal }: Connection): boolean | undefined {
	if (wentTo === undefined) {
		return undefined;
	}
	switch (fate.kind) {
		case "pass":
			return same(wentTo, to);
		case "drop":
			return false;
		case "redirect":
			return (isRedirected || isToLocal) && isAmong(wentTo.port, fate);
		case "dnat": {
			const isThere =
				fate.address === addressText(wentTo.address) ? true : /[-/]/.test(fate.address) ? undefined : false;
			return isAmong(wentTo.port, { ...fate, port: fate.port ?? to.port }) && isThere;
		}
	}
}

function isAmong(port: number, { port: low, highestPort: high = low }: PortSpan): boolean {
	return low <= port && port <= high;
}

interface PortSpan {
	readonly port: number;
	readonly highestPort?: number;
}
