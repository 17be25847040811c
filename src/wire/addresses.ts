import { contentOf, fieldsIn, messagesIn } from "./attributes.ts";
import { type ByteOrder, type Bytes, words, zeros } from "./bytes.ts";
import { flag, messageType } from "./nf-tables.ts";

/** Addresses of interfaces as rtnetlink(7) tells of them. */

const newAddress = 20; // RTM_NEWADDR
const getAddress = 22; // RTM_GETADDR
const headerLength = 8; // struct ifaddrmsg
const [prefixOffset, scopeOffset, indexOffset] = [1, 3, 4];
const hostScope = 254; // RT_SCOPE_HOST
const [prefixAddress, localAddress] = [1, 2]; // IFA_ADDRESS, IFA_LOCAL

/** All addresses of both families in the network namespace. */
export function dumpAddresses(order: ByteOrder): Bytes {
	const header = { type: getAddress, flags: flag.request | flag.dump, sequence: 1 };
	return words[order].message(header, zeros(headerLength));
}

/** An address of 4 or 16 bytes, and the length of its subnet's prefix in bits. */
export interface InterfaceAddress {
	/** The interface's number. */
	readonly index: number;
	readonly bytes: Bytes;
	readonly prefix: number;
	/** Whether nobody outside the namespace can reach it. */
	readonly isHosts: boolean;
}

/**
 * The addresses of a namespace's interfaces, whatever state these are in. Undefined where they cannot be told: because of a
 * refusal, a change meanwhile or an answer that ends early.
 */
export function addressesIn(
	datagrams: readonly Bytes[],
	order: ByteOrder,
): readonly InterfaceAddress[] | undefined {
	const all = datagrams.flatMap((bytes) =>
		(messagesIn(bytes, words[order]) ?? []).map((message) => ({ bytes, message })),
	);
	const isTorn = all.some(({ message }) => (message.flags & flag.interrupted) !== 0);
	if (all.at(-1)?.message.type !== messageType.done || isTorn) {
		return undefined;
	}
	const told = all.filter(({ message }) => message.type === newAddress);
	return told.flatMap(({ bytes, message: { start, end } }) => {
		const fields = fieldsIn(bytes, { start: start + headerLength, end }, words[order]);
		// On an interface with a peer the other one is the peer's (linux/if_addr.h).
		const content = contentOf(bytes, fields?.[localAddress] ?? fields?.[prefixAddress]);
		if (content === undefined) {
			return [];
		}
		const isHosts = bytes.charCodeAt(start + scopeOffset) === hostScope;
		const index = words[order].u32At(bytes, start + indexOffset);
		return [{ index, bytes: content, prefix: bytes.charCodeAt(start + prefixOffset), isHosts }];
	});
}
