import { formatAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Span } from "../domain/number.ts";
import type { Action } from "../rules/rule.ts";
import { be16At, type Words } from "./bytes.ts";
import { dashSpan, maskedHexadecimal, notRead } from "./save-words.ts";
import type { Extension } from "./xtables.ts";

/** What a target of xtables does. */
export interface ReadTarget {
	readonly action: Action;
	/** As iptables-save prints it. */
	readonly words: string;
}

/**
 * Reads a target of any of the usual extensions. One that is not known, or not in this revision, is kept by its name
 * and revision.
 */
export function readTarget(target: Extension, family: Family, order: Words): ReadTarget {
	const { name, revision, data } = target;
	const said = `-j ${name} ${notRead(revision)}`;
	switch (name) {
		case "REDIRECT":
		case "DNAT":
			return (
				readTranslation(target, family, order) ?? { action: { kind: "unparsed", text: said }, words: said }
			);
		case "MARK":
			return revision === 2 && data.length === 8
				? { action: { kind: "continue" }, words: markWords(data, order) }
				: { action: { kind: "continue" }, words: said };
		default:
			return {
				action: passing.has(name) ? { kind: "continue" } : { kind: "unparsed", text: said },
				words: said,
			};
	}
}

/** After these the next rule is looked at: nothing that they do steers a packet in the nat tables. */
const passing: ReadonlySet<string> = new Set([
	"AUDIT",
	"CLASSIFY",
	"CONNMARK",
	"CONNSECMARK",
	"LOG",
	"NFLOG",
	"RATEEST",
	"SECMARK",
	"SET",
	"TRACE",
]);

/** struct xt_mark_tginfo2 in linux/netfilter/xt_mark.h */
function markWords(data: string, { u32At }: Words): string {
	const mask = u32At(data, 4);
	return `-j MARK --set-xmark ${maskedHexadecimal(u32At(data, 0), mask)}${mask === 0xffff_ffff ? "/0xffffffff" : ""}`;
}

/** The translation that the data of DNAT or REDIRECT asks for. */
interface Translation {
	readonly flags: number;
	/** Addresses and ports are there where the flags say so. */
	readonly addresses: readonly [string, string];
	readonly ports: Span;
}

// NF_NAT_RANGE_* in linux/netfilter/nf_nat.h
const addressGiven = 1;
const portsGiven = 2;
const random = 4;
const persistent = 8;
const fullyRandom = 16;
const understood = addressGiven | portsGiven | random | persistent | fullyRandom;

function readTranslation({ name, revision, data }: Extension, family: Family, order: Words) {
	const layout = name === "REDIRECT" ? redirectLayout(revision, family) : revision;
	const found = translationIn(layout, data, family, order);
	// Of the two only DNAT has an address of its own.
	if (found === undefined || (found.flags & ~understood) !== 0) {
		return undefined;
	}
	const hasAddress = (found.flags & addressGiven) !== 0;
	if (name === "REDIRECT") {
		return hasAddress ? undefined : redirection(found);
	}
	return destination(found, family);
}

/** REDIRECT has revision 0 alone, with the newer layout in IPv6 (net/netfilter/xt_REDIRECT.c). */
function redirectLayout(revision: number, family: Family): number | undefined {
	return revision === 0 ? (family === "ipv4" ? 0 : 1) : undefined;
}

/** By DNAT's revisions (net/netfilter/xt_nat.c). */
function translationIn(
	layout: number | undefined,
	data: string,
	family: Family,
	order: Words,
): Translation | undefined {
	switch (layout) {
		case 0:
			return family === "ipv4" && data.length === 24 && order.u32At(data, 0) === 1
				? oldTranslation(data, order)
				: undefined;
		case 1:
			return data.length === 40 ? newTranslation(data, family, order) : undefined;
		case 2:
			return data.length >= 42 && data.length <= 48 ? newTranslation(data, family, order) : undefined;
		default:
			return undefined;
	}
}

/** struct nf_nat_ipv4_multi_range_compat, of one range. */
function oldTranslation(data: string, { u32At }: Words): Translation {
	return {
		flags: u32At(data, 4),
		addresses: [addressAt(data, 8, "ipv4"), addressAt(data, 12, "ipv4")],
		ports: { low: be16At(data, 16), high: be16At(data, 18) },
	};
}

/** struct nf_nat_range and struct nf_nat_range2, whose further field is for flags that are not understood here. */
function newTranslation(data: string, family: Family, { u32At }: Words): Translation {
	return {
		flags: u32At(data, 0),
		addresses: [addressAt(data, 4, family), addressAt(data, 20, family)],
		ports: { low: be16At(data, 36), high: be16At(data, 38) },
	};
}

function addressAt(data: string, at: number, family: Family): string {
	const bytes = Array.from(data.slice(at, at + (family === "ipv4" ? 4 : 16)), (byte) => byte.charCodeAt(0));
	return formatAddress({ family, bytes });
}

function redirection({ flags, ports }: Translation): ReadTarget {
	const hasPorts = (flags & portsGiven) !== 0;
	return {
		action: { kind: "redirect", ...(hasPorts ? { ports } : {}) },
		words: ["-j REDIRECT", ...(hasPorts ? [`--to-ports ${dashSpan(ports)}`] : []), ...flagWords(flags)].join(
			" ",
		),
	};
}

function destination({ flags, addresses, ports }: Translation, family: Family): ReadTarget {
	const [low, high] = addresses;
	const address = low === high ? low : `${low}-${high}`;
	const hasAddress = (flags & addressGiven) !== 0;
	const hasPorts = (flags & portsGiven) !== 0;
	const spelt = family === "ipv6" && hasPorts && hasAddress ? `[${address}]` : address;
	const target = `${hasAddress ? spelt : ""}${hasPorts ? `:${dashSpan(ports)}` : ""}`;
	return {
		action: { kind: "dnat", ...(hasAddress ? { address } : {}), ...(hasPorts ? { ports } : {}) },
		words: [`-j DNAT --to-destination ${target}`, ...flagWords(flags)].join(" "),
	};
}

function flagWords(flags: number): string[] {
	return [
		...((flags & random) === 0 ? [] : ["--random"]),
		...((flags & fullyRandom) === 0 ? [] : ["--random-fully"]),
		...((flags & persistent) === 0 ? [] : ["--persistent"]),
	];
}
