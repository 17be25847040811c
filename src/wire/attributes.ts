import {
	attributeHeaderLength,
	type Bytes,
	be32At,
	headerLength,
	textOf,
	typeMask,
	type Words,
} from "./bytes.ts";

/** Where a message's or an attribute's content lies. */
export interface Span {
	/** An attribute's without its flags. */
	readonly type: number;
	readonly start: number;
	readonly end: number;
}

export interface Message extends Span {
	readonly flags: number;
	readonly sequence: number;
}

/** The messages of a datagram; undefined where a length in it is wrong. */
export function messagesIn(bytes: Bytes, { u16At, u32At }: Words): Message[] | undefined {
	const messages: Message[] = [];
	let at = 0;
	while (at + headerLength <= bytes.length) {
		const length = u32At(bytes, at);
		if (length < headerLength || at + length > bytes.length) {
			return undefined;
		}
		messages.push({
			type: u16At(bytes, at + 4),
			flags: u16At(bytes, at + 6),
			sequence: u32At(bytes, at + 8),
			start: at + headerLength,
			end: at + length,
		});
		at += length + (-length & 3);
	}
	return at >= bytes.length ? messages : undefined;
}

/** Where content lies. */
export type Range = Omit<Span, "type">;

/** The attributes of a stretch, in order; undefined where a length in it is wrong. */
export function attributesIn(bytes: Bytes, { start, end }: Range, { u16At }: Words): Span[] | undefined {
	const attributes: Span[] = [];
	let at = start;
	while (at + attributeHeaderLength <= end) {
		const length = u16At(bytes, at);
		if (length < attributeHeaderLength || at + length > end) {
			return undefined;
		}
		attributes.push({
			type: u16At(bytes, at + 2) & typeMask,
			start: at + attributeHeaderLength,
			end: at + length,
		});
		at += length + (-length & 3);
	}
	return at >= end ? attributes : undefined;
}

/** The attributes of a stretch by their types: of several of one type the last, as the kernel's own reader has it. */
export type Fields = readonly (Span | undefined)[];

/** Up to the first of type `last`, where that is said: what comes behind it is not looked at. */
export function fieldsIn(bytes: Bytes, range: Range, order: Words, last?: number): Fields | undefined {
	const { u16At } = order;
	const { end } = range;
	const fields: (Span | undefined)[] = [];
	let at = range.start;
	while (at + attributeHeaderLength <= end) {
		const length = u16At(bytes, at);
		if (length < attributeHeaderLength || at + length > end) {
			return undefined;
		}
		const type = u16At(bytes, at + 2) & typeMask;
		// Types go up to 16383, and of a list that is longer than it has room for all are not needed.
		if (type < mostFields) {
			fields[type] = { type, start: at + attributeHeaderLength, end: at + length };
		}
		if (type === last) {
			return fields;
		}
		at += length + (-length & 3);
	}
	return at >= end ? fields : undefined;
}

/** More than any list of attributes that we read has. */
const mostFields = 64;

/** What an attribute holds; undefined for one that is not there. */
export function contentOf(bytes: Bytes, span: Range | undefined): Bytes | undefined {
	return span && bytes.slice(span.start, span.end);
}

/** A number of four bytes in network order; undefined where there is none or it has another length. */
export function be32In(bytes: Bytes, span: Range | undefined): number | undefined {
	return span !== undefined && span.end - span.start === 4 ? be32At(bytes, span.start) : undefined;
}

/** A string that ends in NUL. */
export function stringIn(bytes: Bytes, span: Range | undefined): string | undefined {
	return span && textOf(bytes.slice(span.start, span.end));
}
