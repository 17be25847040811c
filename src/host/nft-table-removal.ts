import {
	acknowledgeFlag,
	type ByteOrder,
	doneMessage,
	dumpFlags,
	encodeAttribute,
	encodeText,
	errorMessage,
	findAttribute,
	type Message,
	parseErrno,
	parseInteger,
	parseName,
	splitMessages,
} from "../linux/netlink.ts";
import type { NftTable } from "./host.ts";
import { encodeNftMessage, familyHeaderLength, familyNames, subsystem } from "./nft-table-dump.ts";

/** The messages with which a table that holds nothing is found to be so and removed. Only bytes in, bytes out. */

const nonRecursive = 0x0100; // NLM_F_NONREC
const batchBegin = 0x10; // NFNL_MSG_BATCH_BEGIN
const batchEnd = 0x11; // NFNL_MSG_BATCH_END
const deleteTable = subsystem | 2; // NFT_MSG_DELTABLE
const newChain = subsystem | 3; // NFT_MSG_NEWCHAIN
const getChain = subsystem | 4; // NFT_MSG_GETCHAIN
const deleteChain = subsystem | 5; // NFT_MSG_DELCHAIN
const tableName = 1; // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE
const chainName = 3; // NFTA_CHAIN_NAME
const chainHook = 4; // NFTA_CHAIN_HOOK
const chainPolicy = 5; // NFTA_CHAIN_POLICY
const accept = 1; // NF_ACCEPT

export interface FoundChain {
	readonly name: string;
	/** One that the kernel enters by itself, and that lets pass whatever comes to its end. */
	readonly isAcceptingBase: boolean;
}

/** A request for the chains of all tables of a family. */
export function encodeChainsRequest({ family }: NftTable, order: ByteOrder): number[] {
	return encodeNftMessage({ type: getChain, flags: dumpFlags, family: numberOf(family) }, [], order);
}

export interface ChainsPart {
	readonly chains: readonly FoundChain[];
	/** The kernel's "that was all", or its refusal. */
	readonly last: boolean;
	readonly refused: boolean;
}

/** What one datagram of the answer says of a table's chains. */
export function parseChainsReply(bytes: ArrayLike<number>, { name }: NftTable, order: ByteOrder): ChainsPart {
	const messages = splitMessages(bytes, order);
	const end = messages.find(({ type }) => type === errorMessage || type === doneMessage);
	return {
		chains: messages.flatMap((message) => chainIn(bytes, message, name, order)),
		last: end !== undefined,
		refused: end !== undefined && parseErrno(bytes, end, order) !== 0,
	};
}

function chainIn(bytes: ArrayLike<number>, message: Message, table: string, order: ByteOrder): FoundChain[] {
	const content = { start: message.start + familyHeaderLength, end: message.end };
	const attribute = (wanted: number) => findAttribute(bytes, content, wanted, order);
	const text = (wanted: number) => {
		const found = attribute(wanted);
		return found === undefined ? undefined : parseName(bytes, found.start, found.end);
	};
	const name = text(chainName);
	if (message.type !== newChain || name === undefined || text(tableName) !== table) {
		return [];
	}
	const policy = attribute(chainPolicy);
	const accepts = policy !== undefined && parseInteger(bytes, policy.start, "big") === accept;
	return [{ name, isAcceptingBase: attribute(chainHook) !== undefined && accepts }];
}

/**
 * A transaction that removes these chains of a table and then the table, each of them only if nothing is left inside
 * (nf_tables_delchain and nf_tables_deltable in net/netfilter/nf_tables_api.c).
 */
export function encodeRemoval(table: NftTable, chains: readonly FoundChain[], order: ByteOrder): number[] {
	const family = numberOf(table.family);
	const ofTable = encodeAttribute(tableName, encodeText(table.name), order);
	const flags = nonRecursive;
	const mark = (type: number) =>
		encodeNftMessage({ type, flags: 0, family: 0, resource: subsystem >> 8 }, [], order);
	return [
		...mark(batchBegin),
		...chains.flatMap(({ name }) => {
			const attributes = [...ofTable, ...encodeAttribute(chainName, encodeText(name), order)];
			return encodeNftMessage({ type: deleteChain, flags, family }, attributes, order);
		}),
		...encodeNftMessage({ type: deleteTable, flags: flags | acknowledgeFlag, family }, ofTable, order),
		...mark(batchEnd),
	];
}

function numberOf(family: NftTable["family"]): number {
	return [...familyNames].find(([, known]) => known === family)?.[0] ?? 0;
}
