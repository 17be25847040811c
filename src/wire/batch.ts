import { type ByteOrder, type Bytes, be16, be32, headerLength, noPort, type Words, words } from "./bytes.ts";
import { batchSubsystem, flag, messageType, protocolFamily, type TableScope } from "./nf-tables.ts";

/** One change that a batch makes. */
export interface Step {
	/** Of {@link messageType}. */
	readonly type: number;
	/** Besides NLM_F_REQUEST. */
	readonly flags: number;
	readonly scope: TableScope;
	/** Of each of its messages, where several differ in nothing else: there may be tens of thousands. */
	readonly attributes: Bytes | readonly Bytes[];
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
	const generation =
		options.generation === undefined ? "" : order.attribute(batchGeneration, be32(options.generation));
	const parts = [
		envelope(order, messageType.batchBegin, { flags: flag.request, sequence: firstSequence }, generation),
	];
	const lastSequence = firstSequence + countMessages(steps);
	let sequence = firstSequence;
	const add = (step: Step, attributes: Bytes) => {
		sequence++;
		const general = generalHeaders[step.scope];
		const length = headerLength + general.length + attributes.length;
		const asks = sequence === lastSequence ? flag.acknowledge : 0;
		const start = order.messageStart(length, step.type, step.flags | flag.request | asks);
		// The attributes are not joined twice.
		parts.push(start + order.u32(sequence) + noPort + general, attributes);
	};
	for (const step of steps) {
		const { attributes } = step;
		if (typeof attributes === "string") {
			add(step, attributes);
		} else {
			for (const each of attributes) {
				add(step, each);
			}
		}
	}
	const endSequence = lastSequence + 1;
	const isWhole = options.withoutEnd !== true;
	if (isWhole) {
		const flags = flag.request | flag.acknowledge;
		parts.push(envelope(order, messageType.batchEnd, { flags, sequence: endSequence }, ""));
	}
	return {
		bytes: parts.join(""),
		get subjects() {
			const subjects = steps.flatMap((step) => messagesOf(step).map(() => step.about));
			return ["the whole", ...subjects, ...(isWhole ? ["the whole"] : [])];
		},
		acknowledged: [
			...(lastSequence === firstSequence ? [] : [lastSequence]),
			...(isWhole ? [endSequence] : []),
		],
		isWhole,
	};
}

function countMessages(steps: readonly Step[]): number {
	let count = 0;
	for (const { attributes } of steps) {
		count += typeof attributes === "string" ? 1 : attributes.length;
	}
	return count;
}

function messagesOf({ attributes }: Step): readonly Bytes[] {
	return typeof attributes === "string" ? [attributes] : attributes;
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
