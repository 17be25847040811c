import {
	attributesIn,
	be32In,
	contentOf,
	type Fields,
	fieldsIn,
	type Range,
	stringIn,
} from "./attributes.ts";
import type { Bytes, Words } from "./bytes.ts";
import { dataField, expressionField, verdictField } from "./nf-tables.ts";
import type { Extension } from "./xtables.ts";

/**
 * An expression of a rule as the kernel tells it (linux/netfilter/nf_tables.h). Registers are numbered by their first
 * four bytes, from 0; the verdict's is not among them.
 */
export type Expression =
	| { readonly kind: "load"; readonly to: number; readonly from: Source }
	| {
			readonly kind: "bitwise";
			readonly to: number;
			readonly of: number;
			readonly mask: Bytes;
			readonly xor: Bytes;
	  }
	/** From the machine's order to the network's. */
	| { readonly kind: "to-network-order"; readonly to: number; readonly of: number }
	| { readonly kind: "compare"; readonly of: number; readonly operation: number; readonly data: Bytes }
	| {
			readonly kind: "range";
			readonly of: number;
			readonly negated: boolean;
			readonly low: Bytes;
			readonly high: Bytes;
	  }
	| {
			readonly kind: "lookup";
			readonly of: number;
			readonly set: string;
			readonly negated: boolean;
			/** Where a map's value goes: to a register, or it is a verdict. */
			readonly to: number | "verdict" | undefined;
	  }
	| { readonly kind: "data"; readonly to: number; readonly data: Bytes }
	| { readonly kind: "verdict"; readonly verdict: Verdict }
	/** Undefined where nothing is said of ports or addresses. */
	| { readonly kind: "redirect"; readonly ports: RegisterRange | undefined }
	| {
			readonly kind: "translate";
			readonly to: "source" | "destination";
			/** NFPROTO_* */
			readonly family: number;
			readonly addresses: RegisterRange | undefined;
			readonly ports: RegisterRange | undefined;
			readonly flags: number;
	  }
	| { readonly kind: "match" | "target"; readonly extension: Extension }
	| { readonly kind: "counter" }
	/** Neither looks at a packet nor steers it: logs, marks. */
	| { readonly kind: "idle"; readonly name: string }
	/** Takes the packet or lets it go on, by what cannot be told. */
	| { readonly kind: "condition"; readonly name: string }
	/** Ends the packet's way, and tells its sender. */
	| { readonly kind: "refuse" }
	/** Ends the rule in a way that is not understood. */
	| { readonly kind: "end"; readonly name: string }
	/** Might be anything. */
	| { readonly kind: "unknown"; readonly name: string };

/** What is loaded into a register. */
export type Source =
	| { readonly kind: "meta"; readonly key: number }
	| { readonly kind: "payload"; readonly base: number; readonly offset: number; readonly length: number }
	/** Whether there is a direction: `ct original saddr` is another thing than `ct state`. */
	| { readonly kind: "connection"; readonly key: number; readonly hasDirection: boolean }
	| { readonly kind: "route"; readonly result: number; readonly flags: number }
	| { readonly kind: "other"; readonly name: string };

export interface Verdict {
	/** NF_* or NFT_*. */
	readonly code: number;
	/** Of a jump. */
	readonly chain: string | undefined;
}

export interface RegisterRange {
	readonly low: number;
	readonly high: number;
}

/** The expressions of a list; undefined where a length is wrong. One that cannot be read itself is unknown. */
export function expressionsIn(bytes: Bytes, list: Range, order: Words): Expression[] | undefined {
	return attributesIn(bytes, list, order)?.map((span): Expression => {
		const fields = fieldsIn(bytes, span, order);
		const name = stringIn(bytes, fields?.[expressionField.name]) ?? "";
		const data = fields?.[expressionField.data];
		const inner = data === undefined ? [] : fieldsIn(bytes, data, order);
		const read = inner && Object.hasOwn(readers, name) ? readers[name] : undefined;
		return (inner && read?.(new Reader(bytes, inner, order))) ?? { kind: "unknown", name };
	});
}

/** An expression's fields. */
class Reader {
	readonly #bytes: Bytes;
	readonly #fields: Fields;
	readonly #order: Words;

	constructor(bytes: Bytes, fields: Fields, order: Words) {
		this.#bytes = bytes;
		this.#fields = fields;
		this.#order = order;
	}

	has(field: number): boolean {
		return this.#fields[field] !== undefined;
	}

	number(field: number): number | undefined {
		return be32In(this.#bytes, this.#fields[field]);
	}

	string(field: number): string | undefined {
		return stringIn(this.#bytes, this.#fields[field]);
	}

	content(field: number): Bytes | undefined {
		return contentOf(this.#bytes, this.#fields[field]);
	}

	/** Of a register, its first four bytes by number: NFT_REG_1 to 4 are of sixteen, NFT_REG32_00 and on of four. */
	register(field: number): number | undefined {
		const number = this.number(field);
		if (number === undefined || number === 0 || (number > 4 && number < firstShort) || number > lastShort) {
			return undefined;
		}
		return number < firstShort ? 4 * (number - 1) : number - firstShort;
	}

	/** NFTA_DATA_VALUE of a nested struct. */
	data(field: number): Bytes | undefined {
		const span = this.#fields[field];
		const inner = span && fieldsIn(this.#bytes, span, this.#order);
		return contentOf(this.#bytes, inner?.[dataField.value]);
	}

	verdict(field: number): Verdict | undefined {
		const span = this.#fields[field];
		return span && verdictIn(this.#bytes, span, this.#order);
	}

	/** From one register to another, or of one alone. */
	registers(low: number, high: number): RegisterRange | undefined {
		const first = this.register(low);
		return first === undefined ? undefined : { low: first, high: this.register(high) ?? first };
	}
}

const firstShort = 8; // NFT_REG32_00
const lastShort = 23; // NFT_REG32_15

/** NFTA_DATA_VERDICT of a nested struct. */
export function verdictIn(bytes: Bytes, span: Range, order: Words): Verdict | undefined {
	const verdict = fieldsIn(bytes, span, order)?.[dataField.verdict];
	const fields = verdict && fieldsIn(bytes, verdict, order);
	const code = be32In(bytes, fields?.[verdictField.code]);
	return code === undefined
		? undefined
		: { code: code | 0, chain: stringIn(bytes, fields?.[verdictField.chain]) };
}

type Read = (fields: Reader) => Expression | undefined;

/** By the kernel's names. */
const readers: Readonly<Record<string, Read>> = {
	meta: (fields) => loadOrSet(fields, { to: 1, key: 2, from: 3 }, (key) => ({ kind: "meta", key })),
	ct: (fields) =>
		loadOrSet(fields, { to: 1, key: 2, from: 4 }, (key) => ({
			kind: "connection",
			key,
			hasDirection: fields.has(3),
		})),
	payload,
	fib: (fields) => {
		const [to, result, flags] = [fields.register(1), fields.number(2), fields.number(3)];
		return to === undefined || result === undefined || flags === undefined
			? undefined
			: { kind: "load", to, from: { kind: "route", result, flags } };
	},
	bitwise,
	byteorder: (fields) => {
		const [of, to, operation] = [fields.register(1), fields.register(2), fields.number(3)];
		return of !== undefined && to !== undefined && operation === toNetworkOrder
			? { kind: "to-network-order", of, to }
			: undefined;
	},
	cmp: (fields) => {
		const [of, operation, data] = [fields.register(1), fields.number(2), fields.data(3)];
		return of === undefined || operation === undefined || data === undefined
			? undefined
			: { kind: "compare", of, operation, data };
	},
	range: (fields) => {
		const [of, operation, low, high] = [fields.register(1), fields.number(2), fields.data(3), fields.data(4)];
		return of === undefined || operation === undefined || low === undefined || high === undefined
			? undefined
			: { kind: "range", of, negated: operation === 1, low, high };
	},
	lookup,
	immediate: (fields) => {
		const verdict = fields.verdict(2);
		const [to, data] = [fields.register(1), fields.data(2)];
		if (verdict !== undefined) {
			return { kind: "verdict", verdict };
		}
		return to === undefined || data === undefined ? undefined : { kind: "data", to, data };
	},
	redir: (fields) => ({ kind: "redirect", ports: fields.registers(1, 2) }),
	nat,
	match: (fields) => extension("match", fields),
	target: (fields) => extension("target", fields),
	counter: () => ({ kind: "counter" }),
	log: idle("log"),
	notrack: idle("notrack"),
	last: idle("last"),
	dup: idle("dup"),
	dynset: (fields) =>
		fields.has(dynamicSetExpression) || fields.has(dynamicSetExpressions)
			? { kind: "condition", name: "dynset" }
			: { kind: "idle", name: "dynset" },
	limit: condition("limit"),
	quota: condition("quota"),
	connlimit: condition("connlimit"),
	objref: condition("objref"),
	exthdr: loadOfOther("exthdr", 1),
	hash: loadOfOther("hash", 2),
	numgen: loadOfOther("numgen", 1),
	rt: loadOfOther("rt", 1),
	osf: loadOfOther("osf", 1),
	socket: loadOfOther("socket", 2),
	xfrm: loadOfOther("xfrm", 1),
	tunnel: loadOfOther("tunnel", 2),
	masq: end("masquerade"),
	queue: end("queue"),
	reject: () => ({ kind: "refuse" }),
	tproxy: end("tproxy"),
	synproxy: end("synproxy"),
	fwd: end("fwd"),
};

const toNetworkOrder = 1; // NFT_BYTEORDER_HTON
const dynamicSetExpression = 7; // NFTA_DYNSET_EXPR
const dynamicSetExpressions = 10; // NFTA_DYNSET_EXPRESSIONS

function idle(name: string): Read {
	return () => ({ kind: "idle", name });
}

function condition(name: string): Read {
	return () => ({ kind: "condition", name });
}

function end(name: string): Read {
	return () => ({ kind: "end", name });
}

function loadOfOther(name: string, field: number): Read {
	return (fields) => {
		const to = fields.register(field);
		return to === undefined ? undefined : { kind: "load", to, from: { kind: "other", name } };
	};
}

/** What can be looked at can often be set too. */
function loadOrSet(
	fields: Reader,
	{ to: toField, key: keyField, from }: { to: number; key: number; from: number },
	source: (key: number) => Source,
): Expression | undefined {
	const key = fields.number(keyField);
	const to = fields.register(toField);
	if (key === undefined) {
		return undefined;
	}
	if (fields.has(from)) {
		return { kind: "idle", name: "set" };
	}
	return to === undefined ? undefined : { kind: "load", to, from: source(key) };
}

function payload(fields: Reader): Expression | undefined {
	const [to, base, offset, length] = [
		fields.register(1),
		fields.number(2),
		fields.number(3),
		fields.number(4),
	];
	if (fields.has(5)) {
		return { kind: "idle", name: "payload" };
	}
	return to === undefined || base === undefined || offset === undefined || length === undefined
		? undefined
		: { kind: "load", to, from: { kind: "payload", base, offset, length } };
}

/** Of its operations only the one with a mask (NFT_BITWISE_MASK_XOR), which older kernels do not name. */
function bitwise(fields: Reader): Expression | undefined {
	const [of, to, mask, xor] = [fields.register(1), fields.register(2), fields.data(4), fields.data(5)];
	const isMask = (fields.number(6) ?? 0) === 0;
	return of === undefined || to === undefined || mask === undefined || xor === undefined || !isMask
		? undefined
		: { kind: "bitwise", of, to, mask, xor };
}

function lookup(fields: Reader): Expression | undefined {
	const [set, of] = [fields.string(1), fields.register(2)];
	const flags = fields.number(5) ?? 0;
	// A verdict's register has the number 0 (NFT_REG_VERDICT).
	const to = fields.number(3) === 0 ? "verdict" : fields.register(3);
	return set === undefined || of === undefined
		? undefined
		: { kind: "lookup", of, set, negated: (flags & 1) !== 0, to };
}

function nat(fields: Reader): Expression | undefined {
	const [type, family] = [fields.number(1), fields.number(2)];
	return family === undefined || (type !== 0 && type !== 1)
		? undefined
		: {
				kind: "translate",
				to: type === 0 ? "source" : "destination",
				family,
				addresses: fields.registers(3, 4),
				ports: fields.registers(5, 6),
				flags: fields.number(7) ?? 0,
			};
}

function extension(kind: "match" | "target", fields: Reader): Expression | undefined {
	const [name, revision, data] = [fields.string(1), fields.number(2), fields.content(3)];
	return name === undefined || revision === undefined || data === undefined
		? undefined
		: { kind, extension: { name, revision, data } };
}
