import { attributesIn, type Message, messagesIn, stringIn } from "./attributes.ts";
import { type Batch, firstSequence } from "./batch.ts";
import { type ByteOrder, type Bytes, headerLength, words } from "./bytes.ts";
import { flag, messageType } from "./nf-tables.ts";

/** One message of ours that the kernel said no to. */
export interface KernelError {
	/** Of the message; that of a batch's first is about the batch as a whole. */
	readonly sequence: number;
	/** As in errno(3), a positive number. */
	readonly errno: number;
	/** Where in the message the fault lies, in bytes from its beginning, where the kernel says so. */
	readonly offset?: number;
	/** The kernel's own words, where it has any. */
	readonly text?: string;
}

/** What became of a batch. */
export type Answer =
	/** All of it was done; or, of a batch without an end, could be. */
	| { readonly kind: "done" }
	/** Nothing was done. At least one. */
	| { readonly kind: "refused"; readonly errors: readonly KernelError[] }
	/** Nothing was done that we know of: an acknowledgement is missing, or the answer cannot be read. */
	| { readonly kind: "unclear"; readonly why: string };

/**
 * Reads what came back for a batch. An acknowledgement alone proves nothing, since those of messages before a fault are
 * sent too, and silence proves nothing, since a batch whose end did not arrive is dropped without a word: done is where
 * the batch had an end, its last change was acknowledged and nothing was refused. The batch must have been sent whole, which
 * is for the sender to know.
 */
export function readAnswer(datagrams: readonly Bytes[], batch: Batch, order: ByteOrder): Answer {
	const reports = reportsIn(datagrams, order);
	if (reports === undefined) {
		return { kind: "unclear", why: "the kernel's answer cannot be read" };
	}
	const errors = reports.filter(({ errno }) => errno !== 0);
	if (errors.length > 0) {
		return { kind: "refused", errors };
	}
	// The end is acknowledged by newer kernels only, which is why the last change asks too.
	const [needed] = batch.acknowledged;
	return reports.some(({ sequence }) => sequence === needed)
		? { kind: "done" }
		: { kind: "unclear", why: "the kernel did not acknowledge the last change" };
}

/** Every report of success (errno 0) or failure; undefined where a datagram cannot be read. */
export function reportsIn(datagrams: readonly Bytes[], order: ByteOrder): KernelError[] | undefined {
	const reports: KernelError[] = [];
	for (const datagram of datagrams) {
		const messages = messagesIn(datagram, words[order]);
		if (messages === undefined) {
			return undefined;
		}
		for (const message of messages) {
			if (message.type === messageType.error) {
				const report = reportOf(datagram, message, order);
				if (report === undefined) {
					return undefined;
				}
				reports.push(report);
			}
		}
	}
	return reports;
}

/** struct nlmsgerr of linux/netlink.h: an errno, negated, the header of the message that it is about, and attributes. */
function reportOf(bytes: Bytes, message: Message, order: ByteOrder): KernelError | undefined {
	const { u32At } = words[order];
	const { start, end, sequence, flags } = message;
	if (end - start < 4 + headerLength) {
		return undefined;
	}
	const errno = -(u32At(bytes, start) | 0);
	if (errno < 0 || errno > largestErrno) {
		return undefined;
	}
	// Unless capped, a failure repeats the whole message.
	const repeated = errno !== 0 && (flags & flag.capped) === 0 ? u32At(bytes, start + 4) : headerLength;
	const from = start + 4 + repeated + (-repeated & 3);
	if ((flags & flag.attributes) === 0 || from > end) {
		return { sequence, errno };
	}
	const attributes = attributesIn(bytes, { start: from, end }, words[order]);
	const text = attributes?.find(({ type }) => type === errorText);
	const offset = attributes?.find(({ type }) => type === errorOffset);
	return {
		sequence,
		errno,
		...(text === undefined ? {} : { text: stringIn(bytes, text) ?? "" }),
		...(offset === undefined || offset.end - offset.start !== 4
			? {}
			: { offset: u32At(bytes, offset.start) }),
	};
}

const largestErrno = 4095; // MAX_ERRNO of linux/err.h
const errorText = 1; // NLMSGERR_ATTR_MSG
const errorOffset = 2; // NLMSGERR_ATTR_OFFS

/** What a failure is about, in the batch's own words. */
export function subjectOf({ sequence }: KernelError, batch: Batch): string {
	return batch.subjects[sequence - firstSequence] ?? "a message that was not sent";
}
