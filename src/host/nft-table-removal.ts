import {
	attributeHeaderLength,
	type ByteOrder,
	doneMessage,
	encodeInteger,
	errorMessage,
	findAttribute,
	headerLength,
	type Message,
	padding,
	parseErrno,
	parseInteger,
	parseName,
	splitMessages,
} from "../linux/netlink.ts";
import type { NftTable } from "./host.ts";
import { familyHeaderLength, familyNames, subsystem } from "./nft-table-dump.ts";

/** The messages with which a table that holds nothing is found to be so and removed. Only bytes in, bytes out. */

const requestFlag = 0x0001; // NLM_F_REQUEST
const dumpFlags = 0x0300; // NLM_F_DUMP
const acknowledge = 0x0004; // NLM_F_ACK
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
	return encodeMessage(
		{ type: getChain, flags: requestFlag | dumpFlags, family: numberOf(family) },
		[],
		order,
	);
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
	const ofTable = encodeName(tableName, table.name, order);
	const flags = requestFlag | nonRecursive;
	const mark = (type: number) =>
		encodeMessage({ type, flags: requestFlag, family: 0, resource: subsystem >> 8 }, [], order);
	return [
		...mark(batchBegin),
		...chains.flatMap(({ name }) => {
			const attributes = [...ofTable, ...encodeName(chainName, name, order)];
			return encodeMessage({ type: deleteChain, flags, family }, attributes, order);
		}),
		...encodeMessage({ type: deleteTable, flags: flags | acknowledge, family }, ofTable, order),
		...mark(batchEnd),
	];
}

/** Whether an answer says that a transaction went through. */
export function isAcknowledged(bytes: ArrayLike<number>, order: ByteOrder): boolean {
	const messages = splitMessages(bytes, order);
	return (
		messages.length > 0 &&
		messages.every((message) => message.type === errorMessage && parseErrno(bytes, message, order) === 0)
	);
}

function numberOf(family: NftTable["family"]): number {
	return [...familyNames].find(([, known]) => known === family)?.[0] ?? 0;
}

interface Header {
	readonly type: number;
	readonly flags: number;
	readonly family: number;
	readonly resource?: number;
}

/** The resource is in network order, as all inside nfgenmsg is that has more than one byte. */
function encodeMessage(
	{ type, flags, family, resource = 0 }: Header,
	attributes: readonly number[],
	order: ByteOrder,
): number[] {
	return [
		...encodeInteger(headerLength + familyHeaderLength + attributes.length, 4, order),
		...encodeInteger(type, 2, order),
		...encodeInteger(flags, 2, order),
		...encodeInteger(1, 4, order), // sequence
		...encodeInteger(0, 4, order), // port: the kernel fills it in
		...[family, 0, ...encodeInteger(resource, 2, "big")],
		...attributes,
	];
}

function encodeName(attribute: number, name: string, order: ByteOrder): number[] {
	const bytes = [...[...name].map((character) => character.charCodeAt(0)), 0];
	const length = attributeHeaderLength + bytes.length;
	return [
		...encodeInteger(length, 2, order),
		...encodeInteger(attribute, 2, order),
		...bytes,
		...new Array<number>(padding(length)).fill(0),
	];
}
