import { type ByteOrder, type Bytes, be16, be32, type Words, words } from "./bytes.ts";
import { batchSubsystem, flag, messageType, protocolFamily, type TableScope } from "./nf-tables.ts";

/** One change that a batch makes. */
export interface Step {
	/** Of {@link messageType}. */
	readonly type: number;
	/** Besides NLM_F_REQUEST. */
	readonly flags: number;
	readonly scope: TableScope;
	readonly attributes: Bytes;
	/** What it makes, for the message where the kernel refuses it: `rule "proxy-init/ignore-port" of chain output`. */
	readonly about: string;
}

/** Several changes that the kernel makes all or none of. */
export interface Batch {
	readonly bytes: Bytes;
	/**
	 * What each message is about; the first one has the sequence number {@link firstSequence}, and each after it one more.
	 */
	readonly subjects: readonly string[];
	/** The sequence numbers of the messages that ask for an acknowledgement. */
	readonly acknowledged: readonly number[];
	/** Without its end a batch is looked at and then undone. */
	readonly isWhole: boolean;
}

export interface BatchOptions {
	readonly order: ByteOrder;
	/** Refused with ERESTART where the rules of this namespace have changed since this number was read. */
	readonly generation?: number | undefined;
	/** Left away, the kernel checks everything and keeps nothing. */
	readonly withoutEnd?: boolean | undefined;
}

export const firstSequence = 1;

/**
 * The last change and the end ask for an acknowledgement: without one, success is no answer, and so is a batch of which
 * the kernel has not seen the end. The end is acknowledged by some kernels only, so that the last change must.
 */
export function makeBatch(steps: readonly Step[], options: BatchOptions): Batch {
	const order = words[options.order];
	const last = steps.length - 1;
	const generation =
		options.generation === undefined ? "" : order.attribute(batchGeneration, be32(options.generation));
	const parts = [
		envelope(order, messageType.batchBegin, { flags: flag.request, sequence: firstSequence }, generation),
	];
	let sequence = firstSequence;
	for (const { type, flags, scope, attributes } of steps) {
		sequence++;
		const asks = sequence === firstSequence + steps.length ? flag.acknowledge : 0;
		const head = { type, flags: flags | flag.request | asks, sequence };
		const general = generalHeaders[scope];
		// The attributes are not joined twice: there may be tens of thousands of steps.
		parts.push(order.messageHead(head, general.length + attributes.length), general, attributes);
	}
	const endSequence = firstSequence + 1 + steps.length;
	const isWhole = options.withoutEnd !== true;
	if (isWhole) {
		const flags = flag.request | flag.acknowledge;
		parts.push(envelope(order, messageType.batchEnd, { flags, sequence: endSequence }, ""));
	}
	return {
		bytes: parts.join(""),
		get subjects() {
			return ["the whole", ...steps.map(({ about }) => about), ...(isWhole ? ["the whole"] : [])];
		},
		acknowledged: [...(last < 0 ? [] : [endSequence - 1]), ...(isWhole ? [endSequence] : [])],
		isWhole,
	};
}

const batchGeneration = 1; // NFNL_BATCH_GENID

function envelope(
	order: Words,
	type: number,
	{ flags, sequence }: { flags: number; sequence: number },
	attributes: Bytes,
): Bytes {
	return order.message({ type, flags, sequence }, batchHeader + attributes);
}

/** struct nfgenmsg, whose resource is the subsystem that all of a batch is for. */
const batchHeader = `\0\0${be16(batchSubsystem)}`;

/** By scope: struct nfgenmsg of everything else. */
export const generalHeaders: Readonly<Record<TableScope, Bytes>> = {
	inet: String.fromCharCode(protocolFamily.inet, 0, 0, 0),
	ipv4: String.fromCharCode(protocolFamily.ipv4, 0, 0, 0),
	ipv6: String.fromCharCode(protocolFamily.ipv6, 0, 0, 0),
};
