import { type Cidr, formatAddress, formatCidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import { subnetsBetween } from "../domain/intervals.ts";
import type { Span } from "../domain/number.ts";
import type { Test } from "../rules/rule.ts";
import { protocolName } from "../rules/spelling.ts";
import { type Bytes, textOf } from "./bytes.ts";
import type { Source } from "./expression.ts";
import { addressOffset, metaKey, payloadBase, protocolFamily } from "./nf-tables.ts";
import { dashSpan, hexadecimal, maskedHexadecimal } from "./save-words.ts";
import { numberOf, type ValueRange } from "./values.ts";

/** What is known of the packets that come as far as this in a rule. */
export interface Facts {
	readonly family: Family | undefined;
	/** Of the transport: a name, or a number for one that has none. */
	readonly protocol: string | undefined;
}

/** A part of a packet, or of what is known about it, that rules look at. */
export interface Field {
	/** As nft(8) spells it. */
	readonly words: string;
	/** In bytes. */
	readonly width: number;
	/** Its number is in the machine's order. */
	readonly isHostOrder: boolean;
	/** Which fact it takes for granted. */
	readonly needs?: keyof Facts;
	/** That the value is one of these; undefined where they cannot be told. */
	test(values: readonly ValueRange[]): Test | undefined;
	/** As nft spells a value. */
	say(value: ValueRange): string;
	/** As iptables-save spells that the value is this one, without a negation. */
	save?(value: ValueRange): SavedOption | undefined;
}

export interface SavedOption {
	/** iptables-save prints options in this order. */
	readonly rank: number;
	/** The option goes behind the negation, and an extension's name before it. */
	readonly extension?: string;
	readonly words: string;
}

/** `-s`, `-d`, `-i`, `-o`, `-p`, then the protocol's own extension, and then others. */
export const rank = {
	source: 0,
	destination: 1,
	inInterface: 2,
	outInterface: 3,
	protocol: 4,
	ports: 5,
	flags: 6,
	extension: 7,
} as const;

/** The field that is loaded; undefined for one that we know nothing to say about. */
export function fieldOf(source: Source, facts: Facts): Field | undefined {
	switch (source.kind) {
		case "meta":
			return metaFields.get(source.key);
		case "payload":
			return payloadFields(facts).find(
				({ base, offset, width }) =>
					base === source.base && offset === source.offset && width === source.length,
			);
		case "connection":
			return source.key === connectionState && !source.hasDirection ? stateField : undefined;
		case "route":
			return routeField(source.result, source.flags);
		case "other":
			return undefined;
	}
}

/** A field of a packet's headers, and where it lies. */
export interface PlacedField extends Field {
	readonly base: number;
	readonly offset: number;
}

/** The fields of the headers that a packet is known to have. */
export function payloadFields({ family, protocol }: Facts): readonly PlacedField[] {
	return [...(family === undefined ? [] : addressFields[family]), ...portFields(protocol)];
}

const addressFields: Readonly<Record<Family, readonly PlacedField[]>> = {
	ipv4: [
		...(["source", "destination"] as const).map((side) => addressField("ipv4", side)),
		{ ...protocolField("ip protocol"), base: payloadBase.network, offset: 9, needs: "family" },
	],
	ipv6: [
		...(["source", "destination"] as const).map((side) => addressField("ipv6", side)),
		{ ...protocolField("ip6 nexthdr"), base: payloadBase.network, offset: 6, needs: "family" },
	],
};

function addressField(family: Family, side: "source" | "destination"): PlacedField {
	const letter = side === "source" ? "s" : "d";
	const subnets = ({ low, high }: ValueRange) => subnetsBetween(addressText(low), addressText(high));
	return {
		words: `${family === "ipv4" ? "ip" : "ip6"} ${letter}addr`,
		width: family === "ipv4" ? 4 : 16,
		isHostOrder: false,
		needs: "family",
		base: payloadBase.network,
		offset: addressOffset[family][side],
		test: (values) => ({ kind: side, subnets: values.flatMap(subnets) }),
		say: (value) => sayAddresses(value, subnets(value)),
		save: (value) => {
			const [subnet, ...rest] = subnets(value);
			return subnet === undefined || rest.length > 0
				? undefined
				: { rank: rank[side], words: `-${letter} ${formatCidr(subnet)}` };
		},
	};
}

function sayAddresses({ low, high }: ValueRange, subnets: readonly Cidr[]): string {
	const [subnet] = subnets;
	if (low === high || subnet === undefined) {
		return addressText(low);
	}
	return subnets.length === 1 ? formatCidr(subnet) : `${addressText(low)}-${addressText(high)}`;
}

/** Four bytes or sixteen. */
export function addressText(bytes: Bytes): string {
	return formatAddress({
		family: bytes.length === 4 ? "ipv4" : "ipv6",
		bytes: Array.from(bytes, (byte) => byte.charCodeAt(0)),
	});
}

/** Protocols whose header begins with a source port and a destination port. */
const withPorts: ReadonlySet<string> = new Set(["tcp", "udp", "sctp", "dccp", "udplite"]);

function portFields(protocol: string | undefined): readonly PlacedField[] {
	if (protocol !== undefined && !withPorts.has(protocol)) {
		return [];
	}
	const known = portFieldsOf.get(protocol ?? "th") ?? makePortFields(protocol);
	portFieldsOf.set(protocol ?? "th", known);
	return known;
}

const portFieldsOf = new Map<string, readonly PlacedField[]>();

function makePortFields(protocol: string | undefined): PlacedField[] {
	return (["source", "destination"] as const).map((side, index) => {
		const option = `${side === "source" ? "s" : "d"}port`;
		return {
			...numberField(`${protocol ?? "th"} ${option}`, 2, (ports) => ({ kind: `${side}-port`, ports })),
			isHostOrder: false,
			needs: "protocol",
			base: payloadBase.transport,
			offset: 2 * index,
			save: ({ low, high }) =>
				protocol === undefined
					? undefined
					: {
							rank: rank.ports,
							extension: protocol,
							words: `--${option} ${numberOf(low)}${low === high ? "" : `:${numberOf(high)}`}`,
						},
		};
	});
}

function spanOf({ low, high }: ValueRange): Span {
	return { low: numberOf(low), high: numberOf(high) };
}

function numberField(words: string, width: number, make: (spans: Span[]) => Test): Field {
	return {
		words,
		width,
		isHostOrder: true,
		test: (values) => make(values.map(spanOf)),
		say: (value) => dashSpan(spanOf(value)),
	};
}

function protocolField(words: string): Field {
	const names = (values: readonly ValueRange[]) =>
		values.flatMap((value) => {
			const { low, high } = spanOf(value);
			return Array.from({ length: high - low + 1 }, (_, index) => protocolName(low + index));
		});
	return {
		words,
		width: 1,
		isHostOrder: false,
		test: (values) => ({ kind: "protocol", protocols: names(values) }),
		say: (value) => (value.low === value.high ? (names([value])[0] ?? "") : dashSpan(spanOf(value))),
		save: (value) =>
			value.low === value.high
				? { rank: rank.protocol, words: `-p ${protocolName(numberOf(value.low))}` }
				: undefined,
	};
}

const familyField: Field = {
	words: "meta nfproto",
	width: 1,
	isHostOrder: false,
	test: ([value, ...rest]) => {
		const family = value?.low === value?.high && rest.length === 0 ? familyOfNumber(value?.low) : undefined;
		return family && { kind: "family", family };
	},
	say: ({ low }) => familyOfNumber(low) ?? `${numberOf(low)}`,
};

function familyOfNumber(value: Bytes | undefined): Family | undefined {
	switch (value === undefined ? undefined : numberOf(value)) {
		case protocolFamily.ipv4:
			return "ipv4";
		case protocolFamily.ipv6:
			return "ipv6";
		default:
			return undefined;
	}
}

/** ETH_P_IP and ETH_P_IPV6 of linux/if_ether.h, in network order. */
const etherTypes: ReadonlyMap<number, Family> = new Map([
	[0x0800, "ipv4"],
	[0x86dd, "ipv6"],
]);

const etherField: Field = {
	words: "meta protocol",
	width: 2,
	isHostOrder: false,
	test: ([value, ...rest]) => {
		const family = value && value.low === value.high ? etherTypes.get(numberOf(value.low)) : undefined;
		return rest.length > 0 || family === undefined ? undefined : { kind: "family", family };
	},
	say: ({ low }) => {
		const family = etherTypes.get(numberOf(low));
		return family === undefined ? hexadecimal(numberOf(low)) : family === "ipv4" ? "ip" : "ip6";
	},
};

/** IFNAMSIZ bytes, or the beginning of a name. */
function nameField(side: "in" | "out"): Field {
	const words = `${side === "in" ? "i" : "o"}ifname`;
	return {
		words,
		width: 16,
		isHostOrder: false,
		test: (values) => {
			const names = values.map(patternOf);
			return names.every((name) => name !== undefined) ? { kind: `${side}-interface`, names } : undefined;
		},
		say: (value) => {
			const pattern = patternOf(value);
			return pattern === undefined ? "?" : `"${pattern.name}${pattern.isPrefix ? "*" : ""}"`;
		},
		save: (value) => {
			const pattern = patternOf(value);
			return (
				pattern && {
					rank: side === "in" ? rank.inInterface : rank.outInterface,
					words: `-${side === "in" ? "i" : "o"} ${pattern.name}${pattern.isPrefix ? "+" : ""}`,
				}
			);
		},
	};
}

/** One name, padded with NULs, or all that begin alike; undefined for another range. */
function patternOf({ low, high }: ValueRange): InterfacePattern | undefined {
	if (low === high) {
		return { name: textOf(low), isPrefix: false };
	}
	const end = low.indexOf("\0");
	const start = end < 0 ? low : low.slice(0, end);
	return high === start.padEnd(high.length, "\xff") && low === start.padEnd(low.length, "\0")
		? { name: textOf(start), isPrefix: true }
		: undefined;
}

/** A number of an interface, of which only the loopback interface's is everywhere the same (LOOPBACK_IFINDEX, 1). */
function indexField(side: "in" | "out"): Field {
	return {
		words: side === "in" ? "iif" : "oif",
		width: 4,
		isHostOrder: true,
		test: ([value, ...rest]) =>
			value !== undefined && value.low === value.high && numberOf(value.low) === 1 && rest.length === 0
				? { kind: `${side}-interface`, names: [{ name: "lo", isPrefix: false }] }
				: undefined,
		say: (value) =>
			value.low === value.high && numberOf(value.low) === 1 ? '"lo"' : dashSpan(spanOf(value)),
	};
}

const metaFields: ReadonlyMap<number, Field> = new Map<number, Field>([
	[metaKey.protocol, etherField],
	[metaKey.nfproto, familyField],
	[metaKey.l4proto, protocolField("meta l4proto")],
	[metaKey.iif, indexField("in")],
	[metaKey.oif, indexField("out")],
	[metaKey.iifname, nameField("in")],
	[metaKey.oifname, nameField("out")],
	[metaKey.skuid, numberField("meta skuid", 4, (ids) => ({ kind: "uid", ids }))],
	[metaKey.skgid, numberField("meta skgid", 4, (ids) => ({ kind: "gid", ids }))],
	[
		metaKey.mark,
		{
			words: "meta mark",
			width: 4,
			isHostOrder: true,
			test: ([value, ...rest]) =>
				value !== undefined && value.low === value.high && rest.length === 0
					? { kind: "mark", value: numberOf(value.low), mask: 0xffff_ffff }
					: undefined,
			say: ({ low }) => markText(numberOf(low)),
			save: ({ low }) => savedMark(numberOf(low), 0xffff_ffff),
		},
	],
]);

export function savedMark(value: number, mask: number): SavedOption {
	return { rank: rank.extension, extension: "mark", words: `--mark ${maskedHexadecimal(value, mask)}` };
}

export function markText(mark: number): string {
	return `0x${mark.toString(16).padStart(8, "0")}`;
}

const connectionState = 0; // NFT_CT_STATE

/** NF_CT_STATE_BIT and its kin, of linux/netfilter/nf_conntrack_common.h. */
const states: readonly (readonly [number, string])[] = [
	[1, "invalid"],
	[2, "established"],
	[4, "related"],
	[8, "new"],
	[64, "untracked"],
];

/** Undefined where a bit has no name. */
export function statesIn(mask: number): string[] | undefined {
	const known = states.reduce((bits, [bit]) => bits | bit, 0);
	return (mask & ~known) === 0
		? states.flatMap(([bit, name]) => ((mask & bit) === 0 ? [] : [name]))
		: undefined;
}

const stateField: Field = {
	words: "ct state",
	width: 4,
	isHostOrder: true,
	test: (values) => {
		const found = values.map(({ low, high }) => (low === high ? statesIn(numberOf(low)) : undefined));
		return found.every((list) => list?.length === 1)
			? { kind: "connection-state", states: found.flatMap((list) => list ?? []) }
			: undefined;
	},
	say: ({ low }) => statesIn(numberOf(low))?.join(",") ?? hexadecimal(numberOf(low)),
};

export function isStateField(field: Field): boolean {
	return field === stateField;
}

const addressTypeResult = 3; // NFT_FIB_RESULT_ADDRTYPE
const routeSides: ReadonlyMap<number, "source" | "destination"> = new Map([
	[1, "source"], // NFTA_FIB_F_SADDR
	[2, "destination"], // NFTA_FIB_F_DADDR
]);

function routeField(result: number, flags: number): Field | undefined {
	const side = routeSides.get(flags);
	if (result !== addressTypeResult || side === undefined) {
		return undefined;
	}
	// RTN_LOCAL of linux/rtnetlink.h
	const isLocal = ({ low, high }: ValueRange) => low === high && numberOf(low) === 2;
	return {
		words: `fib ${side === "source" ? "s" : "d"}addr type`,
		width: 4,
		isHostOrder: true,
		test: ([value, ...rest]) =>
			value !== undefined && isLocal(value) && rest.length === 0 ? { kind: `${side}-is-local` } : undefined,
		say: (value) => (isLocal(value) ? "local" : dashSpan(spanOf(value))),
	};
}
