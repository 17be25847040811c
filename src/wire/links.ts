import { fieldsIn, type Message, messagesIn, stringIn } from "./attributes.ts";
import { type ByteOrder, type Bytes, words, zeros } from "./bytes.ts";
import { flag, messageType } from "./nf-tables.ts";

/** Network interfaces as rtnetlink(7) tells of them. */

const newLink = 16; // RTM_NEWLINK
const getLink = 18; // RTM_GETLINK
const headerLength = 16; // struct ifinfomsg
const flagsOffset = 8;
const nameField = 3; // IFLA_IFNAME
const loopbackFlag = 8; // IFF_LOOPBACK

/** All interfaces of the network namespace. */
export function dumpLinks(order: ByteOrder): Bytes {
	const header = { type: getLink, flags: flag.request | flag.dump, sequence: 1 };
	return words[order].message(header, zeros(headerLength));
}

/**
 * The name of the interface that a namespace has for itself, by its flag: the kernel makes it as `lo`, and lets whoever
 * may rename it. Undefined where it cannot be told, because of a refusal, a change meanwhile or an answer that ends early.
 */
export function loopbackIn(datagrams: readonly Bytes[], order: ByteOrder): string | undefined {
	const all: { readonly bytes: Bytes; readonly message: Message }[] = [];
	for (const bytes of datagrams) {
		const messages = messagesIn(bytes, words[order]);
		if (messages === undefined) {
			return undefined;
		}
		all.push(...messages.map((message) => ({ bytes, message })));
	}
	const last = all.at(-1)?.message;
	const isTorn = all.some(({ message }) => (message.flags & flag.interrupted) !== 0);
	if (last?.type !== messageType.done || isTorn) {
		return undefined;
	}
	const loopback = all.find(({ bytes, message }) => isLoopback(bytes, message, order));
	return loopback && nameOf(loopback.bytes, loopback.message, order);
}

function isLoopback(bytes: Bytes, { type, start }: Message, order: ByteOrder): boolean {
	return type === newLink && (words[order].u32At(bytes, start + flagsOffset) & loopbackFlag) !== 0;
}

function nameOf(bytes: Bytes, { start, end }: Message, order: ByteOrder): string | undefined {
	// It is the first of some forty (rtnl_fill_ifinfo in net/core/rtnetlink.c).
	const fields = fieldsIn(bytes, { start: start + headerLength, end }, words[order], nameField);
	return stringIn(bytes, fields?.[nameField]);
}
