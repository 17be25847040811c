/** A machine's, in which netlink's headers and the blobs of xtables are. */
export type ByteOrder = "little" | "big";

/**
 * Bytes as a string with one character for each byte (0-255). In the engine of the native program such strings are
 * joined several times faster than arrays of numbers are, and most of a message is constant anyhow.
 */
export type Bytes = string;

export function u8(value: number): Bytes {
	return String.fromCharCode(value & 0xff);
}

/** Network order, as in packets and in most attributes of nf_tables. */
export function be16(value: number): Bytes {
	return String.fromCharCode((value >>> 8) & 0xff, value & 0xff);
}

/** Takes negative numbers too (verdicts and priorities are signed). */
export function be32(value: number): Bytes {
	return smallBe32[value] ?? makeBe32(value);
}

function makeBe32(value: number): Bytes {
	return String.fromCharCode(
		(value >>> 24) & 0xff,
		(value >>> 16) & 0xff,
		(value >>> 8) & 0xff,
		value & 0xff,
	);
}

function le16(value: number): Bytes {
	return String.fromCharCode(value & 0xff, (value >>> 8) & 0xff);
}

function le32(value: number): Bytes {
	return smallLe32[value] ?? makeLe32(value);
}

function makeLe32(value: number): Bytes {
	return String.fromCharCode(
		value & 0xff,
		(value >>> 8) & 0xff,
		(value >>> 16) & 0xff,
		(value >>> 24) & 0xff,
	);
}

/** Most numbers in messages are small, and in the engine of the native program finding one takes a sixth of making it. */
const smallBe32: readonly Bytes[] = Array.from({ length: 128 }, (_, value) => makeBe32(value));
const smallLe32: readonly Bytes[] = Array.from({ length: 640 }, (_, value) => makeLe32(value));

export function zeros(count: number): Bytes {
	const known = zerosOf.get(count);
	if (known !== undefined) {
		return known;
	}
	if (count > 256) {
		// The native engine repeats a character one by one, and joins strings by copying them.
		return zeros(count >> 1) + zeros(count - (count >> 1));
	}
	const made = "\0".repeat(count);
	zerosOf.set(count, made);
	return made;
}

const zerosOf = new Map<number, Bytes>();

/** Zeros behind what is shorter. In the native engine a slice is copied at once, where padEnd appends one by one. */
export function padded(bytes: Bytes, width: number): Bytes {
	return bytes.length < width ? bytes + zeros(width - bytes.length) : bytes;
}

/** Whether a piece stands there. The native engine compares two strings at once, where startsWith goes from character to character. */
export function standsAt(bytes: Bytes, at: number, piece: Bytes): boolean {
	return bytes.slice(at, at + piece.length) === piece;
}

/** Where a mark stands first, -1 where it does not. The native engine's indexOf takes ten times as long for each character. */
export function placeOf(bytes: Bytes, mark: Bytes): number {
	const [before = ""] = bytes.split(mark, 1);
	return before.length === bytes.length ? -1 : before.length;
}

/** A NUL behind it, as strings of netlink attributes have. */
export function cString(text: string): Bytes {
	return `${utf8(text)}\0`;
}

/** In a field of `width` bytes that ends in at least one NUL; throws RangeError where it does not fit. */
export function fixedString(text: string, width: number): Bytes {
	const bytes = utf8(text);
	if (bytes.length >= width) {
		throw new RangeError(`"${text}" has no room in ${width} bytes`);
	}
	return padded(bytes, width);
}

/** A text's bytes in UTF-8. */
export function utf8(text: string): Bytes {
	// Names and comments are nearly always ASCII.
	return isAscii(text)
		? text
		: encodeURIComponent(text).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What bytes say in UTF-8, up to the first NUL; bytes that are not UTF-8 come out one character each. */
export function textOf(bytes: Bytes): string {
	const end = bytes.indexOf("\0");
	const kept = end < 0 ? bytes : bytes.slice(0, end);
	if (isAscii(kept)) {
		return kept;
	}
	try {
		return decodeURIComponent(kept.replace(/[\s\S]/g, percent));
	} catch {
		return kept;
	}
}

/** In the native program's engine the first takes a third of the second, and is enough for nearly all names and comments. */
function isAscii(text: string): boolean {
	return isUriText(text) || !/[\u0080-\uffff]/.test(text);
}

/** Whether a URI could have it as it is. A single surrogate could not be told. */
function isUriText(text: string): boolean {
	try {
		return encodeURI(text).length === text.length;
	} catch {
		return false;
	}
}

function percent(byte: string): string {
	return `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

export type Form = "sent" | "told";

/** Numbers and frames whose byte order is the machine's own: netlink's headers, the blobs of xtables, users' numbers. */
export interface Words {
	readonly order: ByteOrder;
	/**
	 * As messages are sent, or as the kernel tells the same later: without NLA_F_NESTED, and with some attributes that a
	 * sender leaves out.
	 */
	readonly form: Form;
	u16(value: number): Bytes;
	u32(value: number): Bytes;
	/** Bytes beyond the end count as 0. */
	u16At(bytes: Bytes, at: number): number;
	/** 0 to 2^32-1. Bytes beyond the end count as 0. */
	u32At(bytes: Bytes, at: number): number;
	/**
	 * A netlink attribute (struct nlattr in linux/netlink.h), padded to four bytes. Throws RangeError for a content that
	 * its 16 bits of length cannot say: the kernel would read a shorter one without a word.
	 */
	attribute(type: number, content: Bytes): Bytes;
	/** The same, where the content is attributes: with NLA_F_NESTED set, where it is sent. */
	nest(type: number, content: Bytes): Bytes;
	/** Length, type and flags: the first half of struct nlmsghdr, behind which come a sequence number and {@link noPort}. */
	messageStart(length: number, type: number, flags: number): Bytes;
	/** struct nlmsghdr and a body whose length is a multiple of four. */
	message(header: MessageHeader, body: Bytes): Bytes;
}

export interface MessageHeader {
	readonly type: number;
	/** All of them: NLM_F_REQUEST is not added. */
	readonly flags: number;
	readonly sequence: number;
}

export const nestedFlag = 0x8000; // NLA_F_NESTED
/** NLA_TYPE_MASK: what is left without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
export const typeMask = 0x3fff;
const largestAttribute = 0xffff;
export const attributeHeaderLength = 4;
/** Of struct nlmsghdr. */
export const headerLength = 16;
/** The port of its sender (nlmsg_pid), which the kernel does not ask for. */
export const noPort: Bytes = "\0\0\0\0";

const paddings: readonly Bytes[] = ["", "\0\0\0", "\0\0", "\0"];

/** By the low two bits of a length: what is missing to a multiple of four (NLA_ALIGN, NLMSG_ALIGN). */
export function paddingBehind(length: number): Bytes {
	return paddings[length & 3] ?? "";
}

function makeWords(order: ByteOrder, form: Form): Words {
	const isLittle = order === "little";
	const u16 = isLittle ? le16 : be16;
	const u32 = isLittle ? le32 : be32;
	const attribute = (type: number, content: Bytes): Bytes => {
		const length = attributeHeaderLength + content.length;
		if (length > largestAttribute) {
			throw new RangeError(`an attribute of ${length} bytes: at most ${largestAttribute} can be told`);
		}
		const header = isLittle
			? String.fromCharCode(length & 0xff, length >> 8, type & 0xff, type >> 8)
			: String.fromCharCode(length >> 8, length & 0xff, type >> 8, type & 0xff);
		return (length & 3) === 0 ? header + content : header + content + paddingBehind(length);
	};
	const kind = rememberingLast((type, flags) => u16(type) + u16(flags));
	const messageStart = (length: number, type: number, flags: number): Bytes =>
		u32(length) + kind(type, flags);
	return {
		order,
		form,
		u16,
		u32,
		u16At: isLittle ? le16At : be16At,
		u32At: isLittle ? le32At : be32At,
		attribute,
		nest: form === "told" ? attribute : (type, content) => attribute(type | nestedFlag, content),
		messageStart,
		message: ({ type, flags, sequence }, body) =>
			`${messageStart(headerLength + body.length, type, flags)}${u32(sequence)}${noPort}${body}`,
	};
}

/** Of many messages most have the same as the one before. */
function rememberingLast(make: (a: number, b: number) => Bytes) {
	let a = -1;
	let b = -1;
	let bytes = "";
	return (x: number, y: number): Bytes => {
		if (x !== a || y !== b) {
			a = x;
			b = y;
			bytes = make(x, y);
		}
		return bytes;
	};
}

export const words: Readonly<Record<ByteOrder, Words>> = {
	little: makeWords("little", "sent"),
	big: makeWords("big", "sent"),
};

/** The same as the kernel tells it. */
export const toldWords: Readonly<Record<ByteOrder, Words>> = {
	little: makeWords("little", "told"),
	big: makeWords("big", "told"),
};

/** Something for either order and form, made once and when it is first needed: constants of messages are. */
export function forEachOrder<T>(make: (words: Words) => T): (words: Words) => T {
	const made: Record<Form, Partial<Record<ByteOrder, { readonly value: T }>>> = { sent: {}, told: {} };
	// Nearly always it is asked for the same again.
	let last: { readonly order: Words; readonly value: T } | undefined;
	return (order) => {
		if (last !== undefined && last.order === order) {
			return last.value;
		}
		const ofForm = made[order.form];
		const known = ofForm[order.order] ?? { value: make(order) };
		ofForm[order.order] = known;
		last = { order, value: known.value };
		return known.value;
	};
}

export function be16At(bytes: Bytes, at: number): number {
	return (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
}

/** 0 to 2^32-1. */
export function be32At(bytes: Bytes, at: number): number {
	return be16At(bytes, at) * 0x1_0000 + be16At(bytes, at + 2);
}

function le16At(bytes: Bytes, at: number): number {
	return bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8);
}

function le32At(bytes: Bytes, at: number): number {
	return le16At(bytes, at) + le16At(bytes, at + 2) * 0x1_0000;
}

/** What stands before a value, and what behind it, where a message holds one of a known length. */
export interface Frame {
	readonly start: Bytes;
	readonly end: Bytes;
}

/** The frame of a value of `length` bytes that is the last in what holds it, but for its padding. */
export function frameOfLast(make: (value: Bytes) => Bytes, length: number): Frame {
	const end = paddingBehind(length);
	const whole = make(zeros(length));
	return { start: whole.slice(0, whole.length - length - end.length), end };
}
