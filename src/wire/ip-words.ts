import { type Cidr, formatAddress, formatCidr, parseCidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import { type Action, type Condition, conditionOf, type FoundRule, type Test } from "../rules/rule.ts";
import { chainOf, type NatChain, type NatTable } from "../rules/ruleset.ts";
import { protocolName } from "../rules/spelling.ts";
import { type Bytes, textOf, type Words, zeros } from "./bytes.ts";
import { extensionsIn, type IpChain, type IpRule, type IpTable, layouts } from "./ip-table.ts";
import { hexadecimal, unless } from "./save-words.ts";
import { readMatch } from "./xt-match.ts";
import { readTarget } from "./xt-target.ts";

/** A table in the words of iptables-save, and as what it means; what is not understood is kept as what it is. */
export function natTableOf(table: IpTable, order: Words): NatTable {
	return {
		dialect: "legacy",
		scope: table.family,
		name: "nat",
		chains: table.chains.map((chain) => natChainOf(chain, table.family, order)),
	};
}

/** By netfilter's number: those at which a pod's connections are steered. */
const steered = { 0: "prerouting", 3: "output" } as const;
const priority = -100; // NF_IP_PRI_NAT_DST

function natChainOf({ name, base, rules }: IpChain, family: Family, order: Words): NatChain {
	const hook = base && (steered as Partial<Record<number, "prerouting" | "output">>)[base.hook];
	return chainOf(
		textOf(name),
		base === undefined || hook === undefined ? undefined : { hook, priority, policy: base.policy },
		() => rules.map((rule) => natRuleOf(rule, family, order)),
	);
}

function natRuleOf(rule: IpRule, family: Family, order: Words): FoundRule {
	const packet = packetOptions(rule.packet, family, order);
	const matches = (extensionsIn(rule.matches, order) ?? []).map((match) => readMatch(match, family, order));
	const { words, action } = readIpTarget(rule, family, order);
	const comment = matches.find((match) => match.comment !== undefined)?.comment;
	return {
		text: [...packet.map(wordsOf), ...matches.map((match) => match.words), words]
			.filter((part) => part !== "")
			.join(" "),
		conditions: [...packet.map(packetCondition), ...matches.flatMap(({ conditions }) => conditions)],
		action,
		...(comment === undefined ? {} : { comment }),
	};
}

function readIpTarget({ packet, target }: IpRule, family: Family, order: Words) {
	switch (target.kind) {
		case "extension": {
			const [extension] = extensionsIn(target.bytes, order) ?? [];
			return readTarget(extension ?? { name: "?", revision: 0, data: "" }, family, order);
		}
		case "jump": {
			const { flags, gotoFlag } = layouts[family];
			const kind = (packet.charCodeAt(flags) & gotoFlag) === 0 ? "jump" : "goto";
			const chain = textOf(target.chain);
			return { words: `${kind === "jump" ? "-j" : "-g"} ${chain}`, action: { kind, chain } as const };
		}
		case "next":
			return { words: "", action: { kind: "continue" } as const };
		case "queue":
			return { words: "-j QUEUE", action: { kind: "unparsed", text: "-j QUEUE" } as Action };
		default:
			return { words: `-j ${target.kind.toUpperCase()}`, action: { kind: target.kind } as Action };
	}
}

/** What is said in a rule without any match. */
interface PacketOption {
	readonly words: string;
	readonly negated: boolean;
	/** Absent where it is not understood. */
	readonly test?: Test;
}

function wordsOf({ words, negated }: PacketOption): string {
	return `${unless(negated)}${words}`;
}

function packetCondition(option: PacketOption): Condition {
	const { test, negated } = option;
	return test === undefined ? { kind: "unparsed", text: wordsOf(option) } : conditionOf(test, negated);
}

// IPT_INV_* in linux/netfilter_ipv4/ip_tables.h, the same in IPv6.
const inverted = { inInterface: 1, outInterface: 2, source: 8, destination: 0x10, protocol: 0x40 };

function packetOptions(packet: Bytes, family: Family, order: Words): PacketOption[] {
	if (packet === zeros(packet.length)) {
		return [];
	}
	const layout = layouts[family];
	const inversions = packet.charCodeAt(layout.inversions);
	const is = (flag: number) => (inversions & flag) !== 0;
	const at = (index: number) => packet.slice(index * layout.address, (index + 1) * layout.address);
	const name = (index: number) =>
		packet.slice(layout.interfaces + 16 * index, layout.interfaces + 16 * (index + 1));
	const protocol = order.u16At(packet, layout.protocol);
	return [
		...subnetOption("source", [at(0), at(2)], is(inverted.source), family),
		...subnetOption("destination", [at(1), at(3)], is(inverted.destination), family),
		...interfaceOption("in-interface", [name(0), name(2)], is(inverted.inInterface)),
		...interfaceOption("out-interface", [name(1), name(3)], is(inverted.outInterface)),
		...(protocol === 0 && !is(inverted.protocol) ? [] : [protocolOption(protocol, is(inverted.protocol))]),
		...remains(packet, family, inversions),
	];
}

function subnetOption(
	kind: "source" | "destination",
	[address, mask]: readonly [Bytes, Bytes],
	negated: boolean,
	family: Family,
): PacketOption[] {
	const prefix = leadingBits(mask);
	if (prefix === 0 && !negated) {
		return [];
	}
	const option = kind === "source" ? "-s" : "-d";
	const subnet = prefix === undefined ? undefined : subnetOf(address, prefix, family);
	return subnet === undefined
		? [{ words: `${option} ${addressText(address, family)}/${addressText(mask, family)}`, negated }]
		: [{ words: `${option} ${formatCidr(subnet)}`, negated, test: { kind, subnets: [subnet] } }];
}

function addressText(bytes: Bytes, family: Family): string {
	return formatAddress({ family, bytes: Array.from(bytes, (byte) => byte.charCodeAt(0)) });
}

function subnetOf(address: Bytes, prefix: number, family: Family): Cidr | undefined {
	const parsed = parseCidr(`${addressText(address, family)}/${prefix}`, "address");
	return parsed.ok ? parsed.value : undefined;
}

/** Bytes of which the first bits are set, by how many. */
const partlySet = [0, 0x80, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc, 0xfe];

/** How many bits are set where all that are set come first; undefined for any other mask. */
function leadingBits(mask: Bytes): number | undefined {
	let bits = 0;
	let index = 0;
	while (mask.charCodeAt(index) === 0xff) {
		index++;
		bits += 8;
	}
	if (index < mask.length) {
		const last = partlySet.indexOf(mask.charCodeAt(index));
		if (last < 0 || mask.slice(index + 1) !== zeros(mask.length - index - 1)) {
			return undefined;
		}
		bits += last;
	}
	return bits;
}

/** As far as the mask goes; one that ends before the name does is for every interface that begins so. */
function interfaceOption(
	kind: "in-interface" | "out-interface",
	[name, mask]: readonly [Bytes, Bytes],
	negated: boolean,
): PacketOption[] {
	const length = mask.replace(/\0+$/, "").length;
	if (length === 0 && !negated) {
		return [];
	}
	const masked = name.slice(0, length);
	const pattern: InterfacePattern = { name: textOf(masked), isPrefix: !masked.includes("\0") };
	const printed = `${pattern.name}${pattern.isPrefix ? "+" : ""}`;
	const words = `${kind === "in-interface" ? "-i" : "-o"} ${printed}`;
	const isUsual = /^\xff*$/.test(mask.slice(0, length));
	return [{ words, negated, ...(isUsual ? { test: { kind, names: [pattern] } } : {}) }];
}

function protocolOption(number: number, negated: boolean): PacketOption {
	const name = protocolName(number);
	return {
		words: `-p ${name}`,
		negated,
		...(number === 0 ? {} : { test: { kind: "protocol", protocols: [name] } }),
	};
}

/** Fragments, types of service, and flags that nobody has yet given a meaning. */
function remains(packet: Bytes, family: Family, inversions: number): PacketOption[] {
	const { flags, gotoFlag } = layouts[family];
	const known = Object.values(inverted).reduce((bits, bit) => bits | bit, 0);
	const flag = packet.charCodeAt(flags) & ~(family === "ipv4" ? gotoFlag : gotoFlag | askForProtocol);
	const inversion = inversions & ~known;
	if (flag === 0 && inversion === 0) {
		return [];
	}
	const isFragment = family === "ipv4" && flag === fragment && (inversion & ~invertedFragment) === 0;
	return isFragment
		? [{ words: "-f", negated: inversion !== 0 }]
		: [{ words: `[flags ${hexadecimal(flag)} ${hexadecimal(inversion)}, not understood]`, negated: false }];
}

const askForProtocol = 1; // IP6T_F_PROTO
const fragment = 1; // IPT_F_FRAG
const invertedFragment = 0x20; // IPT_INV_FRAG
