import { formatAddress, parseAddress } from "../domain/cidr.ts";
import { NftComplaint, type NftWords } from "./memory-nft-words.ts";

/** The right side of a match, as nft lists it. */
export interface Right {
	readonly json: unknown;
	readonly text: string;
	/** A set of the table that it names. */
	readonly set?: string;
	/** Makes a set of its own. */
	readonly isSet?: true;
}

/** What a key is compared with. Whatever it is, to the kernel it is a number. */
export interface Kind {
	/** The number that a word stands for; undefined for what is none. */
	number(word: string): bigint | undefined;
	json(number: bigint): unknown;
	text(number: bigint): string;
	readonly complaint: string;
	/** How many bits an address has; absent for what has no prefixes. */
	readonly width?: number;
	/** Whether `a-b` is a span. */
	readonly hasSpans: boolean;
}

/** Numbers next to one another. */
export interface Span {
	readonly low: bigint;
	readonly high: bigint;
	readonly form: "one" | "prefix" | "range";
}

export function readRight(words: NftWords, kind: Kind): Right {
	if (words.next.startsWith("@")) {
		const set = words.take();
		return { json: set, text: set, set: set.slice(1) };
	}
	const spans = words.next === "{" ? readElements(words, kind) : [readSpan(words.take(), kind)];
	const [first] = spans;
	if (spans.length === 1 && first !== undefined) {
		return written(first, kind);
	}
	const elements = settle(spans, "joined").map((span) => written(span, kind));
	return {
		json: { set: elements.map(({ json }) => json) },
		text: `{ ${elements.map(({ text }) => text).join(", ")} }`,
		isSet: true,
	};
}

/** `{ a, b }`, over as many lines as one likes. */
export function readElements(words: NftWords, kind: Kind): Span[] {
	const spans: Span[] = [];
	words.expect("{");
	do {
		words.skipLines();
		spans.push(...(words.next === "}" && spans.length > 0 ? [] : [readSpan(words.take(), kind)]));
		words.skipLines();
	} while (words.takes(","));
	words.expect("}");
	return spans;
}

function readSpan(word: string, kind: Kind): Span {
	const [, address = "", length = ""] = (kind.width === undefined ? null : /^(.+)\/(\d+)$/.exec(word)) ?? [];
	const [, from = "", to = ""] = (kind.hasSpans ? /^(.+)-(.+)$/.exec(word) : null) ?? [];
	if (address !== "") {
		const rest = (1n << BigInt(Math.max(0, (kind.width ?? 0) - Number(length)))) - 1n;
		const low = numberOf(address, kind) & ~rest;
		return { low, high: low | rest, form: "prefix" };
	}
	if (from === "") {
		const number = numberOf(word, kind);
		return { low: number, high: number, form: "one" };
	}
	const [low, high] = [numberOf(from, kind), numberOf(to, kind)];
	if (low > high) {
		throw new NftComplaint("Range has zero or negative size");
	}
	return { low, high, form: "range" };
}

function numberOf(word: string, kind: Kind): bigint {
	const number = kind.number(word);
	if (number === undefined) {
		throw new NftComplaint(kind.complaint);
	}
	return number;
}

/**
 * In order and without doubles. A rule's own set that holds any span becomes one of intervals, in which neighbours are
 * joined; in others, and in a table's sets, each element stays by itself.
 */
export function settle(spans: readonly Span[], neighbours: "joined" | "apart"): Span[] {
	const isOfIntervals = spans.some(({ form }) => form !== "one");
	const reach = isOfIntervals && neighbours === "joined" ? 1n : 0n;
	const settled: Span[] = [];
	for (const { low, high } of [...spans].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
		const last = settled.at(-1);
		if (last === undefined || low > last.high + reach) {
			settled.push({ low, high, form: "prefix" });
		} else {
			settled[settled.length - 1] = { ...last, high: high > last.high ? high : last.high };
		}
	}
	return settled;
}

export function written({ low, high, form }: Span, kind: Kind): Right {
	const [addr, last] = [kind.json(low), kind.json(high)];
	if (low === high) {
		return { json: addr, text: kind.text(low) };
	}
	const length = form === "prefix" ? prefixLength(low, high, kind) : undefined;
	return length === undefined
		? { json: { range: [addr, last] }, text: `${kind.text(low)}-${kind.text(high)}` }
		: { json: { prefix: { addr, len: length } }, text: `${kind.text(low)}/${length}` };
}

/** Undefined for addresses that no one prefix covers, and for what has none. */
function prefixLength(low: bigint, high: bigint, { width }: Kind): number | undefined {
	const size = high - low + 1n;
	const isPrefix = (size & (size - 1n)) === 0n && low % size === 0n;
	return width === undefined || !isPrefix ? undefined : width - (size.toString(2).length - 1);
}

function numbers(limit: bigint, complaint: string): Kind {
	return {
		number: (word) => (/^\d+$/.test(word) && BigInt(word) <= limit ? BigInt(word) : undefined),
		json: Number,
		text: String,
		complaint,
		hasSpans: true,
	};
}

function addresses(family: "ipv4" | "ipv6"): Kind {
	const width = family === "ipv4" ? 32 : 128;
	const text = (number: bigint) =>
		formatAddress({
			family,
			bytes: Array.from({ length: width / 8 }, (_, index) =>
				Number((number >> BigInt(width - 8 - index * 8)) & 0xffn),
			),
		});
	return {
		number: (word) => {
			const address = parseAddress(word);
			return address?.family === family
				? address.bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
				: undefined;
		},
		json: text,
		text,
		complaint: "Could not resolve hostname: Name or service not known",
		width,
		hasSpans: true,
	};
}

/** Words for numbers; with `-n`, and in JSON, they are numbers. */
function named(names: Readonly<Record<string, number>>): Kind {
	const word = (number: bigint) => Object.keys(names).find((name) => names[name] === Number(number));
	return {
		number: (text) =>
			text in names ? BigInt(names[text] ?? 0) : /^\d+$/.test(text) ? BigInt(text) : undefined,
		json: Number,
		text: (number) => word(number) ?? String(number),
		complaint: "Could not resolve symbol",
		hasSpans: false,
	};
}

/** The kernel sorts names as the numbers that their bytes are on this machine, the first the least of them. */
const interfaceNames: Kind = {
	number: (word) => {
		const name = word.replace(/^"(.*)"$/, "$1");
		const bytes = [...name].map((letter) => BigInt(letter.charCodeAt(0)));
		return name === "" || name.length > 15
			? undefined
			: bytes.reduceRight((sum, byte) => sum * 256n + byte, 0n);
	},
	json: nameOf,
	text: (number) => `"${nameOf(number)}"`,
	complaint: "String exceeds maximum length of 16",
	hasSpans: false,
};

function nameOf(number: bigint): string {
	return number === 0n ? "" : String.fromCharCode(Number(number & 0xffn)) + nameOf(number >> 8n);
}

/** NFPROTO_IPV4 and NFPROTO_IPV6 in linux/netfilter.h, IPPROTO_TCP and IPPROTO_UDP in linux/in.h. */
export const kinds = {
	port: numbers(0xffffn, "Service out of range"),
	id: numbers(0xffff_ffffn, "Value too large"),
	ipv4: addresses("ipv4"),
	ipv6: addresses("ipv6"),
	protocol: named({ tcp: 6, udp: 17 }),
	family: named({ ipv4: 2, ipv6: 10 }),
	interfaceNames,
} satisfies Record<string, Kind>;
