import {
	be32In,
	type Fields,
	fieldsIn,
	type Message,
	messagesIn,
	type Range,
	stringIn,
} from "../wire/attributes.ts";
import { type ByteOrder, type Bytes, be16, cString, words } from "../wire/bytes.ts";
import type { NftTable } from "./host.ts";

/** Which tables nf_tables has, and how one that holds nothing is removed, in its own messages. */

// linux/netlink.h
const errorMessage = 2; // NLMSG_ERROR
const doneMessage = 3; // NLMSG_DONE
const request = 0x0001; // NLM_F_REQUEST
const acknowledge = 0x0004; // NLM_F_ACK
const interrupted = 0x0010; // NLM_F_DUMP_INTR
const nonRecursive = 0x0100; // NLM_F_NONREC
const dump = 0x0300; // NLM_F_DUMP

// linux/netfilter/nfnetlink.h and nf_tables.h
const batchBegin = 0x10; // NFNL_MSG_BATCH_BEGIN
const batchEnd = 0x11; // NFNL_MSG_BATCH_END
const subsystem = 10; // NFNL_SUBSYS_NFTABLES
const newTable = subsystem << 8; // NFT_MSG_NEWTABLE is 0
const getTable = newTable | 1;
const deleteTable = newTable | 2;
const newChain = newTable | 3;
const getChain = newTable | 4;
const deleteChain = newTable | 5;
const familyHeaderLength = 4; // struct nfgenmsg
const tableName = 1; // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE
const chainName = 3; // NFTA_CHAIN_NAME
const chainHook = 4; // NFTA_CHAIN_HOOK
const chainPolicy = 5; // NFTA_CHAIN_POLICY
const accept = 1; // NF_ACCEPT

const familyNames = new Map<number, NftTable["family"]>([
	[1, "inet"], // NFPROTO_INET
	[2, "ipv4"], // NFPROTO_IPV4
	[10, "ipv6"], // NFPROTO_IPV6
]);

function numberOf(family: NftTable["family"]): number {
	return [...familyNames].find(([, known]) => known === family)?.[0] ?? 0;
}

interface Header {
	readonly type: number;
	/** Beside NLM_F_REQUEST. */
	readonly flags: number;
	readonly family: number;
	readonly resource?: number;
}

function encode(order: ByteOrder, { type, flags, family, resource = 0 }: Header, attributes: Bytes): Bytes {
	const body = `${String.fromCharCode(family)}\0${be16(resource)}${attributes}`;
	return words[order].message({ type, flags: flags | request, sequence: 1 }, body);
}

/** A request for the tables of all families: NFPROTO_UNSPEC is 0. */
export function encodeTablesRequest(order: ByteOrder): Bytes {
	return encode(order, { type: getTable, flags: dump, family: 0 }, "");
}

/** A request for the chains of all tables of a family. */
export function encodeChainsRequest({ family }: NftTable, order: ByteOrder): Bytes {
	return encode(order, { type: getChain, flags: dump, family: numberOf(family) }, "");
}

export interface FoundChain {
	readonly name: string;
	/** One that the kernel enters by itself, and that lets pass whatever comes to its end. */
	readonly isAcceptingBase: boolean;
}

/**
 * A transaction that removes these chains of a table and then the table, each of them only if nothing is left inside
 * (nf_tables_delchain and nf_tables_deltable in net/netfilter/nf_tables_api.c).
 */
export function encodeRemoval(table: NftTable, chains: readonly FoundChain[], order: ByteOrder): Bytes {
	const { attribute } = words[order];
	const family = numberOf(table.family);
	const ofTable = attribute(tableName, cString(table.name));
	const mark = (type: number) => encode(order, { type, flags: 0, family: 0, resource: subsystem }, "");
	return [
		mark(batchBegin),
		...chains.map(({ name }) =>
			encode(
				order,
				{ type: deleteChain, flags: nonRecursive, family },
				ofTable + attribute(chainName, cString(name)),
			),
		),
		encode(order, { type: deleteTable, flags: nonRecursive | acknowledge, family }, ofTable),
		mark(batchEnd),
	].join("");
}

/** What the kernel said to one request. */
export interface Answer<Item> {
	readonly items: readonly Item[];
	/** 0 where the kernel says "that was all", and for what it acknowledges. */
	readonly errno: number;
	/** What was listed changed meanwhile. */
	readonly torn: boolean;
}

/** Undefined where an answer has no end, or cannot be read. */
export type Read<Item> = (datagrams: readonly Bytes[], order: ByteOrder) => Answer<Item> | undefined;

export const readTables: Read<NftTable> = (datagrams, order) =>
	read(datagrams, order, (bytes, message) => {
		const family = familyNames.get(bytes.charCodeAt(message.start));
		if (message.type !== newTable || family === undefined) {
			return [];
		}
		const fields = fieldsOf(bytes, message, order);
		const name = stringIn(bytes, fields?.[tableName]);
		return name === undefined ? undefined : [{ family, name }];
	});

/** The chains of one table. */
export function readChainsOf(table: NftTable): Read<FoundChain> {
	return (datagrams, order) =>
		read(datagrams, order, (bytes, message) => {
			if (message.type !== newChain) {
				return [];
			}
			const fields = fieldsOf(bytes, message, order);
			const name = stringIn(bytes, fields?.[chainName]);
			if (fields === undefined || name === undefined) {
				return undefined;
			}
			const accepts = be32In(bytes, fields[chainPolicy]) === accept;
			const isOurs = stringIn(bytes, fields[tableName]) === table.name;
			return isOurs ? [{ name, isAcceptingBase: fields[chainHook] !== undefined && accepts }] : [];
		});
}

/** Whether nothing but success came back, and at least that. */
export function isAcknowledged(datagrams: readonly Bytes[], order: ByteOrder): boolean {
	const answer = read(datagrams, order, () => undefined);
	return answer?.errno === 0;
}

function fieldsOf(bytes: Bytes, message: Range, order: ByteOrder): Fields | undefined {
	return fieldsIn(bytes, { start: message.start + familyHeaderLength, end: message.end }, words[order]);
}

function read<Item>(
	datagrams: readonly Bytes[],
	order: ByteOrder,
	itemsIn: (bytes: Bytes, message: Message) => readonly Item[] | undefined,
): Answer<Item> | undefined {
	const items: Item[] = [];
	let errno: number | undefined;
	let torn = false;
	for (const [bytes, message] of datagrams.flatMap((bytes) => split(bytes, order))) {
		const isEnd = message?.type === errorMessage || message?.type === doneMessage;
		const found = isEnd ? [] : message && itemsIn(bytes, message);
		if (message === undefined || found === undefined) {
			return undefined;
		}
		items.push(...found);
		torn ||= (message.flags & interrupted) !== 0;
		if (isEnd) {
			// Both kinds of last message begin with a negated errno, or 0.
			errno ||= -(words[order].u32At(bytes, message.start) | 0);
		}
	}
	return errno === undefined ? undefined : { items, errno, torn };
}

/** Each message with the datagram that it is in; none where that cannot be read. */
function split(bytes: Bytes, order: ByteOrder): (readonly [Bytes, Message | undefined])[] {
	return (messagesIn(bytes, words[order]) ?? [undefined]).map((message) => [bytes, message]);
}
