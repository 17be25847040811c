import type { Family } from "../domain/family.ts";
import { type Bytes, be16, be32, cString, forEachOrder, u8, type Words, zeros } from "./bytes.ts";
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
	/** That the destination or source is in a subnet, whose first address is given in all its bytes. */
	subnet(side: "source" | "destination", address: Bytes, prefix: number): Bytes;
	match(extension: Extension): Bytes;
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
	const extension = (encode: (content: Bytes) => Bytes, { name, revision, data: info }: Extension) =>
		encode(attribute(1, cString(name)) + number(2, revision) + attribute(3, info));
	const isTcp = meta(metaKey.l4proto) + compare(comparison.equal, u8(tcpProtocol));
	const setName = attribute(1, cString(anonymousSet));
	const redirectFlags = named("redir")(destination + number(3, portsGiven));
	return {
		meta,
		payload,
		compare,
		lookup: (setId) => lookupOf(attribute(2, register) + setName + number(4, setId)),
		subnet: (side, address, prefix) => {
			const family: Family = address.length === 4 ? "ipv4" : "ipv6";
			const offset = addressOffset[family][side];
			// As both of the tools have it: whole bytes are loaded alone, others are masked.
			if (prefix % 8 === 0 && prefix > 0) {
				const length = prefix / 8;
				return (
					payload(payloadBase.network, offset, length) + compare(comparison.equal, address.slice(0, length))
				);
			}
			const width = address.length;
			return (
				payload(payloadBase.network, offset, width) +
				bitwiseOf(
					destination +
						attribute(2, register) +
						number(3, width) +
						data(4, maskOf(prefix, width)) +
						data(5, zeros(width)),
				) +
				compare(comparison.equal, address)
			);
		},
		match: (match) => extension(matchOf, match),
		target: (target) => extension(targetOf, target),
		jump: (chain) => verdict(verdictCode.jump, attribute(verdictField.chain, cString(chain))),
		redirect: (port) => immediateOf(destination + data(2, be16(port))) + redirectFlags,
		counter: named("counter")(attribute(1, zeros(8)) + attribute(2, zeros(8))),
		verdictReturn: verdict(verdictCode.return, ""),
		tcp: isTcp,
		destinationPort: payload(payloadBase.transport, 2, 2),
	};
}

/** The mask of a prefix, as bytes in network order. */
function maskOf(prefix: number, width: number): Bytes {
	const whole = prefix >> 3;
	const rest = prefix & 7;
	const bytes = "\xff".repeat(whole) + (rest === 0 ? "" : u8(0xff00 >> rest));
	return bytes.padEnd(width, "\0");
}
