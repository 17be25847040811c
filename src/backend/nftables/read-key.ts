import type { Family } from "../../domain/family.ts";
import type { Test } from "../../rules/rule.ts";
import { largestId, largestPort, protocolName } from "../../rules/spelling.ts";
import {
	asArray,
	asList,
	field,
	type Json,
	parseNames,
	parseNumbers,
	parseSubnets,
	parseWords,
} from "./json.ts";

/**
 * What a match looks at, and what that takes for granted: nft leaves out of its listing what a key implies, so that
 * `tcp dport 80` means TCP as well and `ip saddr` IPv4.
 */
export interface Key {
	readonly implied: readonly Test[];
	/** Undefined for values that cannot be read. */
	readonly test: (elements: readonly Json[]) => Test | undefined;
	/** The last of its values, where they are numbers that can be compared. */
	readonly largest?: number;
}

/** Reads the left side of a match; undefined for what steers no packet that we know of. */
export function parseKey(left: Json): Key | undefined {
	const payload = field(left, "payload");
	if (payload !== undefined) {
		return payloadKey(String(field(payload, "protocol")), String(field(payload, "field")));
	}
	const meta = field(field(left, "meta"), "key");
	if (meta !== undefined) {
		return metaKey(meta);
	}
	return maskedMark(asArray(field(left, "&"))) ?? fibKey(field(left, "fib")) ?? stateKey(field(left, "ct"));
}

const transports: ReadonlySet<string> = new Set(["tcp", "udp", "sctp", "dccp", "udplite"]);

function payloadKey(protocol: string, name: string): Key | undefined {
	const [, side] = /^([ds])port$/.exec(name) ?? [];
	if (side !== undefined && (protocol === "th" || transports.has(protocol))) {
		const kind = side === "d" ? "destination-port" : "source-port";
		const implied: Test[] = protocol === "th" ? [] : [{ kind: "protocol", protocols: [protocol] }];
		return {
			implied,
			test: (elements) => given(parseNumbers(elements), (ports) => ({ kind, ports })),
			largest: largestPort,
		};
	}
	const family = families[protocol];
	return family === undefined ? undefined : headerKey(family, name);
}

const families: Readonly<Record<string, Family>> = { ip: "ipv4", ip6: "ipv6" };

function headerKey(family: Family, name: string): Key | undefined {
	const implied: Test[] = [{ kind: "family", family }];
	switch (name) {
		case "saddr":
		case "daddr": {
			const kind = name === "saddr" ? "source" : "destination";
			return { implied, test: (elements) => given(parseSubnets(elements), (subnets) => ({ kind, subnets })) };
		}
		case "protocol":
		case "nexthdr":
			return { implied, test: protocolTest };
		default:
			return undefined;
	}
}

function metaKey(key: Json): Key | undefined {
	const test = typeof key === "string" ? metaTests[key] : undefined;
	const isId = key === "skuid" || key === "skgid";
	return test && { implied: [], test, ...(isId ? { largest: largestId } : {}) };
}

/** A test on none is one that never holds, which is what an empty set is. */
const metaTests: Readonly<Record<string, Key["test"]>> = {
	l4proto: protocolTest,
	nfproto: ([element, ...rest]) => {
		// NFPROTO_IPV4 and NFPROTO_IPV6 in linux/netfilter.h.
		const family = ({ 2: "ipv4", 10: "ipv6", ipv4: "ipv4", ipv6: "ipv6" } as const)[String(element)];
		return family === undefined || rest.length > 0 ? undefined : { kind: "family", family };
	},
	iifname: (elements) => given(parseNames(elements), (names) => ({ kind: "in-interface", names })),
	oifname: (elements) => given(parseNames(elements), (names) => ({ kind: "out-interface", names })),
	iif: (elements) => given(parseNames(elements), (names) => ({ kind: "in-interface", names })),
	oif: (elements) => given(parseNames(elements), (names) => ({ kind: "out-interface", names })),
	skuid: (elements) => given(parseNumbers(elements), (ids) => ({ kind: "uid", ids })),
	skgid: (elements) => given(parseNumbers(elements), (ids) => ({ kind: "gid", ids })),
	mark: (elements) => markTest(elements, 0xffff_ffff),
};

function protocolTest(elements: readonly Json[]): Test | undefined {
	return given(parseWords(elements), (words) => ({ kind: "protocol", protocols: words.map(protocolName) }));
}

function markTest([value, ...rest]: readonly Json[], mask: number): Test | undefined {
	return typeof value === "number" && rest.length === 0 ? { kind: "mark", value, mask } : undefined;
}

function maskedMark(operands: readonly Json[] | undefined): Key | undefined {
	const [left, mask] = operands ?? [];
	return field(field(left, "meta"), "key") === "mark" && typeof mask === "number"
		? { implied: [], test: (elements) => markTest(elements, mask) }
		: undefined;
}

/** `fib daddr type local`; RTN_LOCAL in linux/rtnetlink.h is 2. */
function fibKey(fib: Json): Key | undefined {
	const [flag, ...rest] = asList(field(fib, "flags"));
	const kind = ({ daddr: "destination-is-local", saddr: "source-is-local" } as const)[String(flag)];
	if (field(fib, "result") !== "type" || kind === undefined || rest.length > 0) {
		return undefined;
	}
	const isLocal = (elements: readonly Json[]) =>
		elements.length === 1 && (elements[0] === 2 || elements[0] === "local");
	return { implied: [], test: (elements) => (isLocal(elements) ? { kind } : undefined) };
}

/** The bits of enum ip_conntrack_info's states, as nft -n prints them (src/ct.c in nftables). */
const stateNames: Readonly<Record<string, string>> = {
	1: "invalid",
	2: "established",
	4: "related",
	8: "new",
	64: "untracked",
};

function stateKey(ct: Json): Key | undefined {
	return field(ct, "key") === "state"
		? {
				implied: [],
				test: (elements) =>
					given(parseWords(elements), (words) => ({
						kind: "connection-state",
						states: words.map((word) => stateNames[word] ?? String(word)),
					})),
			}
		: undefined;
}

function given<T>(value: T | undefined, make: (value: T) => Test): Test | undefined {
	return value === undefined ? undefined : make(value);
}
