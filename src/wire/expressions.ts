import {
	type Bytes,
	be16,
	be32,
	cString,
	type Frame,
	forEachOrder,
	frameOfLast,
	standsAt,
	u8,
	type Words,
	zeros,
} from "./bytes.ts";
import {
	addressOffset,
	comparison,
	dataField,
	expressionField,
	listElement,
	metaKey,
	payloadBase,
	tcpProtocol,
	verdictCode,
	verdictField,
} from "./nf-tables.ts";
import type { Extension } from "./xtables.ts";

/** The expressions of nf_tables that our rules are made of, encoded: each is an element of NFTA_RULE_EXPRESSIONS. */
export interface Expressions {
	/** Loads into register 1, as all that load do. */
	meta(key: number): Bytes;
	payload(base: number, offset: number, length: number): Bytes;
	/** Compares register 1. */
	compare(operation: number, data: Bytes): Bytes;
	/** Looks register 1 up in a set of this batch. */
	lookup(setId: number): Bytes;
	/** The same as the kernel tells it, by the name that the set got. */
	lookupNamed(set: string): Bytes;
	/** That the destination or source is in a subnet, whose first address is given in all its bytes. */
	subnet(side: "source" | "destination", address: Bytes, prefix: number): Bytes;
	/** What stands around the address of a subnet of so many bits, and how many bytes of it are wanted. */
	subnetFrame(side: "source" | "destination", width: number, prefix: number): SubnetFrame;
	match(extension: Extension): Bytes;
	/** What stands around the data of a match, whose length is given. */
	matchFrame(name: string, revision: number, length: number): Frame;
	target(extension: Extension): Bytes;
	jump(chain: string): Bytes;
	/** Redirects to a port of this machine. */
	redirect(port: number): Bytes;
	readonly counter: Bytes;
	readonly verdictReturn: Bytes;
	/** That the transport is TCP. */
	readonly tcp: Bytes;
	/** TCP's destination port. */
	readonly destinationPort: Bytes;
}

export interface SubnetFrame extends Frame {
	readonly length: number;
}

/** What a rule of ours asks for and what it does then, between which a counter may stand. */
export interface Countable {
	readonly conditions: Bytes;
	readonly verdict: Bytes;
}

/** Whether a rule's expressions, as the kernel tells them, are these with a counter between, whatever that has counted. */
export function isCounted(told: Bytes, { conditions, verdict }: Countable, order: Words): boolean {
	const { length, head, between } = counterFrame(order);
	const start = conditions.length;
	const end = start + length;
	return (
		told.length === end + verdict.length &&
		standsAt(told, 0, conditions) &&
		standsAt(told, start, head) &&
		standsAt(told, end - 12, between) &&
		standsAt(told, end, verdict)
	);
}

/** Each of a counter's two numbers has eight bytes, the second of them last, and a header of four before it. */
const counterFrame = forEachOrder((order) => {
	const { counter } = expressions(order);
	return { length: counter.length, head: counter.slice(0, -20), between: counter.slice(-12, -8) };
});

/** The kernel finds a free number for it. */
export const anonymousSet = "__set%d";

const portsGiven = 2; // NF_NAT_RANGE_PROTO_SPECIFIED of linux/netfilter/nf_nat.h

export const expressions = forEachOrder(makeExpressions);

function makeExpressions(order: Words): Expressions {
	const { attribute, nest } = order;
	const number = (type: number, value: number) => attribute(type, be32(value));
	const data = (type: number, value: Bytes) => nest(type, attribute(dataField.value, value));
	const register = be32(1);
	const destination = attribute(1, register);
	// Every expression is its name, which is constant, and what it says.
	const named = (name: string) => {
		const start = attribute(expressionField.name, cString(name));
		return (content: Bytes) => nest(listElement, start + nest(expressionField.data, content));
	};
	const [metaOf, payloadOf, compareOf, lookupOf, bitwiseOf, immediateOf, matchOf, targetOf] = [
		named("meta"),
		named("payload"),
		named("cmp"),
		named("lookup"),
		named("bitwise"),
		named("immediate"),
		named("match"),
		named("target"),
	];
	const meta = (key: number) => metaOf(number(2, key) + destination);
	const payload = (base: number, offset: number, length: number) =>
		payloadOf(destination + number(2, base) + number(3, offset) + number(4, length));
	const compare = (operation: number, value: Bytes) =>
		compareOf(destination + number(2, operation) + data(3, value));
	const verdict = (code: number, chain: Bytes) =>
		immediateOf(
			number(1, 0) + nest(2, nest(dataField.verdict, attribute(verdictField.code, be32(code)) + chain)),
		);
	const framed = (make: (content: Bytes) => Bytes) =>
		remembered((name: string, revision: number, length: number) =>
			frameOfLast(
				(info) => make(attribute(1, cString(name)) + number(2, revision) + attribute(3, info)),
				length,
			),
		);
	const targetFrame = framed(targetOf);
	const matchFrame = framed(matchOf);
	const makeSubnetFrame = (offset: number, width: number, prefix: number): SubnetFrame => {
		// As both of the tools have it: whole bytes are loaded alone, others are masked.
		const isWhole = prefix % 8 === 0 && prefix > 0;
		const length = isWhole ? prefix / 8 : width;
		const masked = isWhole ? "" : bitwiseOf(bitwiseContent(prefix, width));
		const load = payload(payloadBase.network, offset, length) + masked;
		return { ...frameOfLast((address) => load + compare(comparison.equal, address), length), length };
	};
	const subnetFrames = new Map<number, SubnetFrame>();
	const subnetFrame = (side: "source" | "destination", width: number, prefix: number): SubnetFrame => {
		const offset = addressOffset[width === 4 ? "ipv4" : "ipv6"][side];
		const key = (offset << 13) | (width << 8) | prefix;
		const known = subnetFrames.get(key);
		if (known !== undefined) {
			return known;
		}
		const frame = makeSubnetFrame(offset, width, prefix);
		subnetFrames.set(key, frame);
		return frame;
	};
	const bitwiseContent = (prefix: number, width: number) =>
		destination +
		attribute(2, register) +
		number(3, width) +
		(order.form === "told" ? number(6, 0) : "") +
		data(4, maskOf(prefix, width)) +
		data(5, zeros(width));
	const isTcp = meta(metaKey.l4proto) + compare(comparison.equal, u8(tcpProtocol));
	const setName = attribute(1, cString(anonymousSet));
	// Told, a range has two ends even where they are one register.
	const highest = order.form === "told" ? attribute(2, register) : "";
	const redirectFlags = named("redir")(destination + highest + number(3, portsGiven));
	return {
		meta,
		payload,
		compare,
		lookup: (setId) => lookupOf(attribute(2, register) + setName + number(4, setId)),
		lookupNamed: (set) => lookupOf(attribute(1, cString(set)) + attribute(2, register) + number(5, 0)),
		subnet: (side, address, prefix) => {
			const { start, end, length } = subnetFrame(side, address.length, prefix);
			return start + address.slice(0, length) + end;
		},
		subnetFrame,
		matchFrame,
		match: ({ name, revision, data: info }) => {
			const { start, end } = matchFrame(name, revision, info.length);
			return start + info + end;
		},
		target: ({ name, revision, data: info }) => {
			const { start, end } = targetFrame(name, revision, info.length);
			return start + info + end;
		},
		jump: (chain) => verdict(verdictCode.jump, attribute(verdictField.chain, cString(chain))),
		redirect: (port) => immediateOf(destination + data(2, be16(port))) + redirectFlags,
		counter: named("counter")(attribute(1, zeros(8)) + attribute(2, zeros(8))),
		verdictReturn: verdict(verdictCode.return, ""),
		tcp: isTcp,
		destinationPort: payload(payloadBase.transport, 2, 2),
	};
}

/** There may be tens of thousands of rules that differ in one value. */
function remembered(make: (name: string, a: number, b: number) => Frame) {
	const known = new Map<string, Map<number, Frame>>();
	return (name: string, a: number, b: number): Frame => {
		const key = a * 0x1_0000 + b;
		const found = known.get(name)?.get(key);
		if (found !== undefined) {
			return found;
		}
		const frame = make(name, a, b);
		known.set(name, new Map(known.get(name)).set(key, frame));
		return frame;
	};
}

/** The mask of a prefix, as bytes in network order. */
function maskOf(prefix: number, width: number): Bytes {
	const whole = prefix >> 3;
	const rest = prefix & 7;
	const bytes = "\xff".repeat(whole) + (rest === 0 ? "" : u8(0xff00 >> rest));
	return bytes.padEnd(width, "\0");
}
