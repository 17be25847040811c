import type { Family } from "../domain/family.ts";
import { subnetsBetween } from "../domain/intervals.ts";
import type { Span } from "../domain/number.ts";
import { type Condition, conditionOf, type Test } from "../rules/rule.ts";
import { textOf, type Words } from "./bytes.ts";
import { addressText } from "./field.ts";
import { colonSpan, dashSpan, maskedHexadecimal, notRead, savedString, unless } from "./save-words.ts";
import type { Extension } from "./xtables.ts";

/** What a match of xtables asks for. */
export interface ReadMatch {
	readonly conditions: readonly Condition[];
	/** As iptables-save prints it. */
	readonly words: string;
	/** Only of the match that is nothing else. */
	readonly comment?: string;
}

/**
 * Reads a match of any of the usual extensions, by the layouts in linux/netfilter/xt_*.h. One that is not known, or not
 * in this revision or with these options, is one whole condition that is not understood.
 */
export function readMatch(match: Extension, family: Family, order: Words): ReadMatch {
	return tryMatch(match, family, order) ?? opaqueMatch(match);
}

function opaqueMatch({ name, revision }: Extension): ReadMatch {
	const said = `-m ${name} ${notRead(revision)}`;
	return { conditions: [{ kind: "unparsed", text: said }], words: said };
}

type Reader = (data: string, order: Words, family: Family) => Option[] | undefined;

/** An option of an extension; without a test it always holds for the first packet of a connection. */
interface Option {
	readonly words: string;
	readonly negated: boolean;
	readonly test?: Test;
}

interface Layout {
	/** The data's length without padding. */
	readonly length: number;
	readonly read: Reader;
}

function tryMatch({ name, revision, data }: Extension, family: Family, order: Words): ReadMatch | undefined {
	if (name === "comment" && revision === 0) {
		const comment = textOf(data);
		return { conditions: [], words: `-m comment --comment ${savedString(comment)}`, comment };
	}
	const layout = layouts[`${name} ${revision}`];
	if (layout === undefined || data.length < layout.length || data.length > aligned(layout.length)) {
		return undefined;
	}
	const options = layout.read(data, order, family);
	return (
		options && {
			conditions: options.flatMap(({ negated, test }) =>
				test === undefined ? [] : [conditionOf(test, negated)],
			),
			words: [`-m ${name}`, ...options.map((option) => `${unless(option.negated)}${option.words}`)].join(" "),
		}
	);
}

function aligned(length: number): number {
	return (length + 7) & ~7;
}

const layouts: Readonly<Record<string, Layout>> = {
	"multiport 0": { length: 32, read: (data, order) => multiport(data, order, false) },
	"multiport 1": { length: 48, read: (data, order) => multiport(data, order, true) },
	"owner 1": { length: 18, read: owner },
	"tcp 0": { length: 12, read: tcp },
	"udp 0": { length: 10, read: (data, order) => ports(data, data.charCodeAt(8), order) },
	"udplite 0": { length: 10, read: (data, order) => ports(data, data.charCodeAt(8), order) },
	"iprange 1": { length: 65, read: (data, _, family) => addressRanges(data, family) },
	"mark 1": { length: 9, read: mark },
	"addrtype 0": { length: 12, read: addressTypeOld },
	"addrtype 1": { length: 8, read: addressType },
	"state 0": { length: 4, read: state },
	"conntrack 1": { length: 152, read: (data, order) => connection(data, order, 1) },
	"conntrack 2": { length: 156, read: (data, order) => connection(data, order, 2) },
	"conntrack 3": { length: 164, read: (data, order) => connection(data, order, 2) },
};

/** struct xt_multiport and, with flags for ranges and a sense, struct xt_multiport_v1. */
function multiport(data: string, { u16At }: Words, hasRanges: boolean): Option[] | undefined {
	const side = data.charCodeAt(0);
	const count = data.charCodeAt(1);
	if (side > 1 || count > 15) {
		return undefined;
	}
	const spans: Span[] = [];
	for (let index = 0; index < count; index++) {
		const low = u16At(data, 2 + 2 * index);
		const isRange = hasRanges && data.charCodeAt(32 + index) !== 0;
		index += isRange ? 1 : 0;
		spans.push({ low, high: isRange ? u16At(data, 2 + 2 * index) : low });
	}
	const [kind, option] = sides[side === 0 ? "source" : "destination"];
	const negated = hasRanges && data.charCodeAt(47) !== 0;
	return [{ words: `--${option}s ${spans.map(colonSpan).join(",")}`, negated, test: { kind, ports: spans } }];
}

const sides = {
	source: ["source-port", "sport"],
	destination: ["destination-port", "dport"],
} as const;

/** struct xt_owner_match_info; whether there is a socket, and further groups, are not asked for by rules that we know. */
function owner(data: string, { u32At }: Words): Option[] | undefined {
	const asked = data.charCodeAt(16);
	const inverted = data.charCodeAt(17);
	if ((asked & ~3) !== 0 || asked === 0) {
		return undefined;
	}
	return ([1, 2] as const).flatMap((bit) => {
		if ((asked & bit) === 0) {
			return [];
		}
		const [kind, at] = bit === 1 ? (["uid", 0] as const) : (["gid", 8] as const);
		const ids = { low: u32At(data, at), high: u32At(data, at + 4) };
		return [
			{
				words: `--${kind}-owner ${dashSpan(ids)}`,
				negated: (inverted & bit) !== 0,
				test: { kind, ids: [ids] },
			},
		];
	});
}

/** struct xt_tcp. Of flags only `--syn` is known, which every connection's first packet fulfils. */
function tcp(data: string, order: Words): Option[] | undefined {
	const inverted = data.charCodeAt(11);
	const mask = data.charCodeAt(9);
	const isSyn = mask === 0x17 && data.charCodeAt(10) === 0x02 && (inverted & 4) === 0;
	if (data.charCodeAt(8) !== 0 || (mask !== 0 && !isSyn) || (inverted & ~3) !== 0) {
		return undefined;
	}
	return [
		...ports(data, inverted, order),
		...(isSyn ? [{ words: "--tcp-flags FIN,SYN,RST,ACK SYN", negated: false }] : []),
	];
}

/** How struct xt_tcp and struct xt_udp begin. */
function ports(data: string, inverted: number, { u16At }: Words): Option[] {
	return (["source", "destination"] as const).flatMap((side, index) => {
		const span = { low: u16At(data, 4 * index), high: u16At(data, 4 * index + 2) };
		const negated = (inverted & (1 << index)) !== 0;
		const [kind, option] = sides[side];
		return span.low === 0 && span.high === 0xffff && !negated
			? []
			: [{ words: `--${option} ${colonSpan(span)}`, negated, test: { kind, ports: [span] } }];
	});
}

/**
 * struct xt_iprange_mtinfo: the ends of the source's range and of the destination's, each with room for 16 bytes, and the flags
 * IPRANGE_SRC and IPRANGE_DST, which say what is looked at, and IPRANGE_SRC_INV and IPRANGE_DST_INV.
 */
function addressRanges(data: string, family: Family): Option[] | undefined {
	const flags = data.charCodeAt(64);
	const width = family === "ipv4" ? 4 : 16;
	const addressAt = (at: number) => addressText(data.slice(at, at + width));
	return (flags & ~0x33) !== 0 || (flags & 3) === 0
		? undefined
		: (["source", "destination"] as const).flatMap((kind, index) => {
				const [low, high] = [addressAt(32 * index), addressAt(32 * index + 16)];
				const option = kind === "source" ? "src" : "dst";
				const test = { kind, subnets: subnetsBetween(low, high) };
				return (flags & (1 << index)) === 0
					? []
					: [{ words: `--${option}-range ${low}-${high}`, negated: (flags & (0x10 << index)) !== 0, test }];
			});
}

/** struct xt_mark_mtinfo1 */
function mark(data: string, { u32At }: Words): Option[] {
	const [value, mask] = [u32At(data, 0), u32At(data, 4)];
	return [
		{
			words: `--mark ${maskedHexadecimal(value, mask)}`,
			negated: data.charCodeAt(8) !== 0,
			test: { kind: "mark", value, mask },
		},
	];
}

/** struct xt_addrtype_info_v1, whose flags 1 and 2 turn a sense around and 4 and 8 look at one interface's addresses. */
function addressType(data: string, order: Words): Option[] | undefined {
	const flags = order.u32At(data, 4);
	return (flags & ~3) === 0 ? addressTypes(data, order, flags) : undefined;
}

/** struct xt_addrtype_info */
function addressTypeOld(data: string, order: Words): Option[] | undefined {
	const flags = (order.u32At(data, 4) === 0 ? 0 : 1) | (order.u32At(data, 8) === 0 ? 0 : 2);
	return addressTypes(data, order, flags);
}

function addressTypes(data: string, { u16At }: Words, inverted: number): Option[] | undefined {
	const kinds = [
		{ option: "src", kind: "source-is-local" },
		{ option: "dst", kind: "destination-is-local" },
	] as const;
	const types = [u16At(data, 0), u16At(data, 2)];
	if (types.some((type) => type !== 0 && type !== localAddress) || types.every((type) => type === 0)) {
		return undefined;
	}
	return kinds.flatMap(({ option, kind }, index) =>
		types[index] === 0
			? []
			: [{ words: `--${option}-type LOCAL`, negated: (inverted & (1 << index)) !== 0, test: { kind } }],
	);
}

const localAddress = 1 << 2; // XT_ADDRTYPE_LOCAL

/** struct xt_state_info */
function state(data: string, { u32At }: Words): Option[] | undefined {
	const states = statesIn(u32At(data, 0), oldStates);
	return states && [stateOption("--state", states, false)];
}

/** struct xt_conntrack_mtinfo1 to 3, of which the masks of states became wider; only the state is known. */
function connection(data: string, { u16At }: Words, width: 1 | 2): Option[] | undefined {
	const mask = width === 1 ? data.charCodeAt(150) : u16At(data, 150);
	const states = statesIn(mask, connectionStates);
	const asked = u16At(data, 146) & ~stateAlias;
	return states === undefined || asked !== stateAsked
		? undefined
		: [stateOption("--ctstate", states, (u16At(data, 148) & stateAsked) !== 0)];
}

const stateAsked = 1; // XT_CONNTRACK_STATE
const stateAlias = 1 << 13; // XT_CONNTRACK_STATE_ALIAS

/** By bit, in the order in which iptables prints them: XT_CONNTRACK_STATE_BIT and its kin. */
const connectionStates: readonly (readonly [number, string])[] = [
	[1, "invalid"],
	[8, "new"],
	[4, "related"],
	[2, "established"],
	[256, "untracked"],
	[64, "snat"],
	[128, "dnat"],
];

/** XT_STATE_BIT and XT_STATE_UNTRACKED. */
const oldStates: typeof connectionStates = [
	[1, "invalid"],
	[8, "new"],
	[4, "related"],
	[2, "established"],
	[64, "untracked"],
];

/** Undefined where a bit is set that has no name. */
function statesIn(mask: number, names: typeof connectionStates): string[] | undefined {
	const known = names.reduce((bits, [bit]) => bits | bit, 0);
	return (mask & ~known) === 0
		? names.flatMap(([bit, name]) => ((mask & bit) === 0 ? [] : [name]))
		: undefined;
}

function stateOption(option: string, states: readonly string[], negated: boolean): Option {
	return {
		words: `${option} ${states.join(",").toUpperCase()}`,
		negated,
		test: { kind: "connection-state", states },
	};
}
