import type { Family } from "../../domain/family.ts";
import type { Drift } from "../../rules/diff.ts";
import type { Plan } from "../../rules/plan.ts";
import type { FoundRule } from "../../rules/rule.ts";
import type { NatChain } from "../../rules/ruleset.ts";
import { type ByteOrder, be32, forEachOrder, words } from "../../wire/bytes.ts";
import { readReply } from "../../wire/dump.ts";
import { errno, errnoWords } from "../../wire/errno-words.ts";
import { natTable, type TableContent } from "../../wire/nat-tables.ts";
import { messageType } from "../../wire/nf-tables.ts";
import { getChain } from "../../wire/requests.ts";
import type { FamilyOutcome, FoundDrift, Owner } from "../backend.ts";
import { ask, type KernelHost, readOrThrow, send } from "../exchange.ts";
import { KernelFailure, questionFailure } from "../kernel-failure.ts";
import { natStandsAsSent } from "./as-sent.ts";
import { driftOfState } from "./drift.ts";
import { creation, type OwnJump, type OwnPart, probe, removal, replacement } from "./nft-batch.ts";
import type { FamilyTable } from "./own-state.ts";
import { chainNames, hookOfOwnChain, jumpSpec, type OwnState, ownStateOf } from "./own-state.ts";
import { maxAttempts } from "./transaction.ts";

/** The dialect of iptables-nft without a program. What fails throws {@link KernelFailure}, and has changed nothing. */

/**
 * Makes the plan's families hold it: all of them, or none. Looks first; creates where there is nothing of ours, which fails
 * where somebody else is first; then reads, and changes what differs, if nobody changes anything in between.
 */
export function applyIptablesNft(host: KernelHost, plan: Plan): FamilyOutcome[] {
	const order = host.byteOrder();
	if (!isOursLikelyThere(host, order)) {
		const failure = send(host, creation(plan, { order }), order);
		if (failure === undefined) {
			return plan.families.map((family) => ({ family, outcome: "created" }));
		}
		if (failure.errno !== errno.exists) {
			throw failure;
		}
	}
	return settle(host, plan, order);
}

function settle(host: KernelHost, plan: Plan, order: ByteOrder): FamilyOutcome[] {
	return inRounds(() => {
		const { generation, parts } = readOwn(host, plan.families, order);
		const different = parts.filter((each) => driftIn(each, plan, order).length > 0);
		const failure =
			different.length === 0
				? undefined
				: send(
						host,
						replacement(
							plan,
							different.map(({ part }) => part),
							{ order, generation },
						),
						order,
					);
		return (
			failure ??
			parts.map((each) => ({
				family: each.family,
				outcome: different.includes(each) ? outcomeOver(each.own) : "unchanged",
			}))
		);
	});
}

function outcomeOver({ chains, jumps }: OwnState): FamilyOutcome["outcome"] {
	return chains.length + jumps.length === 0 ? "created" : "replaced";
}

/** Looks and writes again where somebody has changed something in between; each of those is done some day. */
function inRounds<T>(round: () => T | KernelFailure): T {
	let last: KernelFailure | undefined;
	for (let count = 0; count < maxAttempts; count++) {
		const result = round();
		if (!(result instanceof KernelFailure)) {
			return result;
		}
		if (result.errno !== errno.stale) {
			throw result;
		}
		last = result;
	}
	throw last ?? new KernelFailure(undefined, "nf_tables: the rules kept changing");
}

/** How our part of each family's table differs from a plan. Changes nothing. */
export function checkIptablesNft(host: KernelHost, plan: Plan): FoundDrift[] {
	const order = host.byteOrder();
	const { parts } = readOwn(host, plan.families, order);
	return parts.map((each) => ({ scope: each.family, drift: driftIn(each, plan, order) }));
}

/** Removes our chains and all that leads into them. Answers with the families that had any. */
export function removeIptablesNft(host: KernelHost, families: readonly Family[]): Family[] {
	const order = host.byteOrder();
	return inRounds(() => {
		const { generation, parts } = readOwn(host, families, order);
		const found = parts.filter(({ own }) => own.chains.length + own.jumps.length > 0).map(({ part }) => part);
		const failure = found.length === 0 ? undefined : send(host, removal(found, { order, generation }), order);
		return failure ?? found.map(({ family }) => family);
	});
}

/** Why the kernel does not take every kind of rule that we write; undefined where it does. Nothing is made. */
export function probeIptablesNft(
	host: KernelHost,
	families: readonly Family[],
	owner: Owner,
): KernelFailure | undefined {
	const order = host.byteOrder();
	return send(host, probe(families, owner, { order }), order);
}

/** Whether one chain of ours is there. Where it is not, others hardly are, and creating them fails where they are. */
function isOursLikelyThere(host: KernelHost, order: ByteOrder): boolean {
	const reply = readReply(ask(host, questionForLikely(words[order])), messageType.newChain, order);
	if (reply.kind === "unreadable" || (reply.kind === "refused" && reply.errno !== errno.notThere)) {
		const why = reply.kind === "refused" ? errnoWords(reply.errno) : "the answer cannot be read";
		throw questionFailure(
			reply.kind === "refused" ? reply.errno : undefined,
			`nf_tables: chain ${likely.chain} (${likely.family}): ${why}`,
		);
	}
	return reply.kind === "told";
}

const likely = { family: "ipv4", chain: chainNames.prerouting.own } as const;
const questionForLikely = forEachOrder(({ order }) => getChain(likely.family, "nat", likely.chain, order));

/** Our part of a family's table. Its rules are read where somebody asks what they say. */
interface OwnFamily {
	readonly family: Family;
	readonly content: TableContent | undefined;
	readonly part: OwnPart;
	readonly own: OwnState;
}

function driftIn(each: OwnFamily, plan: Plan, order: ByteOrder): Drift[] {
	const { family, content } = each;
	return content !== undefined && natStandsAsSent(content, plan, family, order)
		? []
		: driftOfState(plan, family, each.own);
}

/** Our part of each family's table, and the number of the moment at which it was so. */
function readOwn(host: KernelHost, families: readonly Family[], order: ByteOrder) {
	const { generation, tables } = readNatTables(host, families, order);
	const parts = tables.map(
		({ scope: family, content, chains }): OwnFamily => ({
			family,
			content,
			get part() {
				return ownPartOf(chains, family);
			},
			get own() {
				return ownStateOf(chains);
			},
		}),
	);
	return { generation, parts };
}

/** The tables `nat` of these families as they are; one that is not there has no chains. */
export function iptablesNftTables(host: KernelHost, families: readonly Family[]): FamilyTable[] {
	return readNatTables(host, families, host.byteOrder()).tables.map(({ scope, chains }) => ({
		scope,
		chains,
	}));
}

function readNatTables(host: KernelHost, families: readonly Family[], order: ByteOrder) {
	const { generation, tables } = readOrThrow(
		host,
		order,
		({ table: { name, scope } }) => name === "nat" && families.some((family) => family === scope),
	);
	return {
		generation,
		tables: families.map((scope) => {
			const content = tables.find(({ table }) => table.scope === scope);
			return { scope, content, chains: (content && natTable(content, order)?.chains) ?? [] };
		}),
	};
}

/** What a batch needs to know of such a table to change our part of it. */
function ownPartOf(chains: readonly NatChain[], family: Family): OwnPart {
	return {
		family,
		chains: chains.map(({ name }) => name),
		jumps: chains.flatMap(({ name: chain, rules }) =>
			hookOfOwnChain(chain) === undefined ? rules.flatMap((rule) => jumpIn(rule, chain)) : [],
		),
	};
}

function jumpIn({ action, text, handle }: FoundRule, chain: string): OwnJump[] {
	const to = action.kind === "jump" || action.kind === "goto" ? hookOfOwnChain(action.chain) : undefined;
	if (to === undefined || handle === undefined) {
		return [];
	}
	const isOurs = chain === chainNames[to].builtIn && text === jumpSpec(to);
	const bytes = be32(Math.floor(handle / 0x1_0000_0000)) + be32(handle % 0x1_0000_0000);
	return [{ chain, to, isOurs, handle: bytes }];
}
