import { reportsIn } from "./answers.ts";
import { type Message, messagesIn, type Range } from "./attributes.ts";
import { type ByteOrder, type Bytes, type Words, words } from "./bytes.ts";
import {
	flag,
	generalHeaderLength,
	messageType,
	scopeOfProtocolFamily,
	type TableScope,
} from "./nf-tables.ts";

/** One object that the kernel told of: where its attributes lie, and in which family it is. */
export interface Told {
	readonly bytes: Bytes;
	readonly attributes: Range;
	/** Undefined for a family that steers no connection (arp, bridge, netdev). */
	readonly scope: TableScope | undefined;
}

export type Dump =
	| { readonly kind: "told"; readonly objects: readonly Told[] }
	/** Somebody changed the rules while they were being told: ask again. */
	| { readonly kind: "torn" }
	/** As in errno(3). */
	| { readonly kind: "refused"; readonly errno: number }
	/** A part is missing or cannot be read. */
	| { readonly kind: "unreadable" };

/** Puts the datagrams of a dump together; `type` is that of the messages that it is made of. */
export function readDump(datagrams: readonly Bytes[], type: number, order: ByteOrder): Dump {
	const messages = messagesOf(datagrams, order);
	const end = messages?.findIndex(({ message }) => isEnd(message)) ?? -1;
	const last = messages?.[end];
	// Without its end, a part of it is missing.
	if (messages === undefined || last === undefined) {
		return { kind: "unreadable" };
	}
	const errno = errnoIn(last, order);
	// A dump that was interrupted is marked so by the kernel, and some versions end it with EINTR.
	const isTorn = messages.some(
		({ message }, index) => index <= end && (message.flags & flag.interrupted) !== 0,
	);
	if (isTorn || errno === interrupted) {
		return { kind: "torn" };
	}
	if (errno !== 0) {
		return { kind: "refused", errno };
	}
	const told = messages.slice(0, end);
	const isWhole =
		last.message.type === messageType.done && told.every(({ message }) => isObject(message, type));
	return isWhole ? { kind: "told", objects: told.map(toldOf) } : { kind: "unreadable" };
}

/** What was read of the objects that a dump tells of. */
export type ReadDump<T> =
	/** `spoilt` is the number of those that could not be read. */
	| { readonly kind: "told"; readonly found: readonly T[]; readonly spoilt: number }
	| Exclude<Dump, { readonly kind: "told" }>;

/**
 * Puts a dump together and reads each of its objects: `read` answers with `not-asked-for` for one that is to be passed over,
 * and with undefined for one that it cannot read.
 */
export function readEach<T extends object>(
	datagrams: readonly Bytes[],
	type: number,
	order: ByteOrder,
	read: (told: Told, order: Words) => T | "not-asked-for" | undefined,
): ReadDump<T> {
	const dump = readDump(datagrams, type, order);
	if (dump.kind !== "told") {
		return dump;
	}
	const found: T[] = [];
	let spoilt = 0;
	for (const object of dump.objects) {
		const one = read(object, words[order]);
		if (one === undefined) {
			spoilt++;
		} else if (one !== "not-asked-for") {
			found.push(one);
		}
	}
	return { kind: "told", found, spoilt };
}

interface Place {
	readonly bytes: Bytes;
	readonly message: Message;
}

function messagesOf(datagrams: readonly Bytes[], order: ByteOrder): Place[] | undefined {
	const all: Place[] = [];
	for (const bytes of datagrams) {
		const messages = messagesIn(bytes, words[order]);
		if (messages === undefined) {
			return undefined;
		}
		for (const message of messages) {
			all.push({ bytes, message });
		}
	}
	return all;
}

function isEnd({ type }: Message): boolean {
	return type === messageType.error || type === messageType.done;
}

/** Both kinds of last message begin with a negated errno, or 0. */
function errnoIn({ bytes, message }: Place, order: ByteOrder): number {
	return message.end - message.start < 4 ? 0 : -(words[order].u32At(bytes, message.start) | 0);
}

function isObject({ type, start, end }: Message, wanted: number): boolean {
	return type === wanted && end - start >= generalHeaderLength;
}

function toldOf({ bytes, message }: Place): Told {
	return {
		bytes,
		attributes: { start: message.start + generalHeaderLength, end: message.end },
		scope: scopeOfProtocolFamily.get(bytes.charCodeAt(message.start)),
	};
}

const interrupted = 4; // EINTR

/** What came back for a question about one object. */
export type Reply =
	| { readonly kind: "told"; readonly object: Told }
	| { readonly kind: "refused"; readonly errno: number }
	| { readonly kind: "unreadable" };

/** Reads the answer to a question about one object by its name. */
export function readReply(datagrams: readonly Bytes[], type: number, order: ByteOrder): Reply {
	const found = messagesOf(datagrams, order)?.find(({ message }) => isObject(message, type));
	if (found !== undefined) {
		return { kind: "told", object: toldOf(found) };
	}
	const errno = reportsIn(datagrams, order)?.find((report) => report.errno !== 0)?.errno;
	return errno === undefined ? { kind: "unreadable" } : { kind: "refused", errno };
}
