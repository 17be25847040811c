import type { Cidr } from "../../domain/cidr.ts";
import type { Family } from "../../domain/family.ts";
import { commentOf, subnetCommentStart } from "../../rules/comment.ts";
import {
	type Hook,
	isOfOneFamily,
	type PlannedCondition,
	type PlannedRule,
	passedSubnets,
	type SubnetSelection,
} from "../../rules/plan.ts";
import {
	type ByteOrder,
	type Bytes,
	cString,
	type Frame,
	forEachOrder,
	padded,
	u8,
	type Words,
	words,
	zeros,
} from "../../wire/bytes.ts";
import { extensionBytes, extensionHeader, type IpRule, type IpTarget, layouts } from "../../wire/ip-table.ts";
import { comment, commentLength, multiport, owner, redirect, tcp } from "../../wire/xtables.ts";
import { chainNames } from "./own-state.ts";
import { portGroups } from "./render.ts";

/** The rules of a plan's chain as iptables-legacy makes them. */
export function encodeRules(rules: readonly PlannedRule[], family: Family, order: Words): IpRule[] {
	const made: IpRule[] = [];
	const passing = passedEncoder(family, order);
	const subnets = passedSubnets(rules);
	let index = 0;
	for (const rule of rules) {
		const passed = subnets[index++];
		if (passed === undefined) {
			made.push(...encodeRule(rule, family, order));
		} else {
			made.push(passing(passed));
		}
	}
	return made;
}

/** A plan's rule as iptables-legacy makes it; several where the ports need more than one multiport match. */
function encodeRule(rule: PlannedRule, family: Family, order: Words): IpRule[] {
	const target: IpTarget =
		rule.action.kind === "return"
			? returning
			: {
					kind: "extension",
					bytes: redirectHead(order)[family] + redirect(order, family, rule.action.ports.low).data,
				};
	// A list of ports that is split makes rules that differ in no more than those.
	const packet = packetOf(rule.conditions, family, order);
	return extensionsOf(rule, order).map((matches) => ({ packet, matches, target }));
}

const redirectHead = forEachOrder((order) => {
	const head = (family: Family) =>
		extensionBytes(redirect(order, family, 0), order).slice(0, extensionHeader);
	return { ipv4: head("ipv4"), ipv6: head("ipv6") };
});

/** The rule that leads a hook's connections into our chain. */
export function encodeJump(hook: Hook, family: Family, order: Words): IpRule {
	return jumps(order)[family][hook];
}

const jumps = forEachOrder((order) => {
	const jump = (hook: Hook, family: Family): IpRule => {
		const { own, jumpComment } = chainNames[hook];
		return {
			packet: zeros(layouts[family].packet),
			matches: commentBytes(jumpComment, order),
			target: { kind: "jump", chain: own },
		};
	};
	const both = (family: Family) => ({
		prerouting: jump("prerouting", family),
		output: jump("output", family),
	});
	return { ipv4: both("ipv4"), ipv6: both("ipv6") };
});

/** Joins rules of what those about subnets of one prefix have in common: there may be tens of thousands, most of one. */
function passedEncoder(family: Family, order: Words): (passed: SubnetSelection) => IpRule {
	const head = passedHead(order);
	let kind: SubnetSelection["kind"] | undefined;
	let prefix = -1;
	let start = "";
	let end = "";
	return (passed) => {
		const subnet = passed.subnets[0];
		if (subnet.prefix !== prefix || passed.kind !== kind) {
			({ kind } = passed);
			({ prefix } = subnet);
			({ start, end } = subnetFrame(kind, subnet, family));
		}
		// A subnet's spelling is ASCII, and short.
		const matches = head + padded(subnet.text, commentRoom);
		return { packet: start + subnet.first + end, matches, target: returning };
	};
}

const passedHead = forEachOrder((order) => commentHead(order) + subnetCommentStart);
const commentRoom = commentLength - subnetCommentStart.length;

const returning: IpTarget = { kind: "return" };

/** What stands around the address. It is without numbers of the machine's order, as no protocol is asked for. */
function subnetFrame(kind: SubnetSelection["kind"], subnet: Cidr, family: Family): Frame {
	const { address } = layouts[family];
	const key = (kind === "source" ? 0x1_0000 : 0) | (address << 8) | subnet.prefix;
	const known = subnetFrames.get(key);
	if (known !== undefined) {
		return known;
	}
	const packet = packetOf([{ kind, subnets: [{ ...subnet, first: zeros(address) }] }], family, words.little);
	const at = kind === "source" ? 0 : address;
	const frame = { start: packet.slice(0, at), end: packet.slice(at + address) };
	subnetFrames.set(key, frame);
	return frame;
}

const subnetFrames = new Map<number, Frame>();

/** All comments are of one length, and there may be tens of thousands. */
function commentBytes(text: string, order: Words): Bytes {
	return commentHead(order) + comment(text).data;
}

const commentHead = forEachOrder((order) => extensionBytes(comment(""), order).slice(0, extensionHeader));

const encoded: Readonly<Record<ByteOrder, WeakMap<PlannedRule, readonly Bytes[]>>> = {
	little: new WeakMap(),
	big: new WeakMap(),
};

const multiportHead = forEachOrder((order) =>
	extensionBytes(multiport(order, []), order).slice(0, extensionHeader),
);

/** What of a rule is the same in both families. */
function extensionsOf(rule: PlannedRule, order: Words): readonly Bytes[] {
	const known = isOfOneFamily(rule) ? undefined : encoded[order.order].get(rule);
	if (known !== undefined) {
		return known;
	}
	const made = portsBytes(rule, order) ?? [
		rule.conditions.map((condition) => extensionOf(condition, rule, order)).join("") +
			commentBytes(commentOf(rule.reason, rule.conditions), order),
	];
	if (!isOfOneFamily(rule)) {
		encoded[order.order].set(rule, made);
	}
	return made;
}

/** Of a rule about a list of ports, joined of what those that it makes have in common: there may be thousands. */
function portsBytes(rule: PlannedRule, order: Words): Bytes[] | undefined {
	const head = multiportHead(order);
	const behind = commentHead(order);
	// A list's spelling is ASCII, and short.
	return portGroups(rule)?.map(
		({ ports, comment: text }) =>
			`${head}${multiport(order, ports).data}${behind}${padded(text, commentLength)}`,
	);
}

/** Empty for what stands in the packet's own part of a rule. */
function extensionOf(condition: PlannedCondition, { reason }: PlannedRule, order: Words): Bytes {
	switch (condition.kind) {
		case "destination-port": {
			const [first] = condition.ports;
			// The reference program writes a single listed port with the tcp match (render.ts).
			const isTcp = reason === "redirect-port" && first !== undefined;
			return isTcp
				? extensionBytes(tcp(order, first), order)
				: multiportHead(order) + multiport(order, condition.ports).data;
		}
		case "uid":
			return extensionBytes(owner(order, "uid", condition.ids[0].low), order);
		case "gid":
			return extensionBytes(owner(order, "gid", condition.ids[0].low), order);
		default:
			return "";
	}
}

const nameLength = 16; // IFNAMSIZ
const noNames = zeros(4 * nameLength);

/** struct ipt_ip or struct ip6t_ip6. In single variables: there may be tens of thousands of rules. */
function packetOf(conditions: readonly PlannedCondition[], family: Family, order: Words): Bytes {
	const width = layouts[family].address;
	let source = "";
	let destination = "";
	let sourceMask = "";
	let destinationMask = "";
	let nameIn = "";
	let nameOut = "";
	let protocol = 0;
	for (const condition of conditions) {
		switch (condition.kind) {
			case "protocol":
				protocol = tcpProtocol;
				break;
			case "source":
				source = condition.subnets[0].first;
				sourceMask = maskBytes(condition.subnets[0].prefix, width);
				break;
			case "destination":
				destination = condition.subnets[0].first;
				destinationMask = maskBytes(condition.subnets[0].prefix, width);
				break;
			case "in-interface":
				nameIn = condition.names[0].name;
				break;
			case "out-interface":
				nameOut = condition.names[0].name;
				break;
			default:
				break;
		}
	}
	if (source === "" && destination === "" && nameIn === "" && nameOut === "") {
		return unselective(order)[family][protocol === 0 ? "any" : "tcp"];
	}
	return (
		padded(source, width) +
		padded(destination, width) +
		padded(sourceMask, width) +
		padded(destinationMask, width) +
		namesBytes(nameIn, nameOut) +
		protocolBytes(protocol, family, order)
	);
}

/** IPv6 asks for a protocol by a flag, too. */
function protocolBytes(protocol: number, family: Family, order: Words): Bytes {
	const flags = family === "ipv4" ? "\0\0" : `\0${u8(protocol === 0 ? 0 : askForProtocol)}\0\0\0\0`;
	return order.u16(protocol) + flags;
}

/** Of most rules, which are about no address and no interface. */
const unselective = forEachOrder((order) => {
	const of = (protocol: number, family: Family) => {
		const bytes = protocolBytes(protocol, family, order);
		return zeros(layouts[family].packet - bytes.length) + bytes;
	};
	const both = (family: Family) => ({ any: of(0, family), tcp: of(tcpProtocol, family) });
	return { ipv4: both("ipv4"), ipv6: both("ipv6") };
});

/** The last that were asked for: one rule of ours is about an interface, and every namespace's is called alike. */
let lastNames = { nameIn: "", nameOut: "", bytes: noNames };

function namesBytes(nameIn: string, nameOut: string): Bytes {
	if (nameIn !== lastNames.nameIn || nameOut !== lastNames.nameOut) {
		lastNames = { nameIn, nameOut, bytes: makeNames(nameIn, nameOut) };
	}
	return lastNames.bytes;
}

/** Both interfaces' names, empty for any, and then what of them counts: all with the NUL at the end, so that none that only begins so is meant. */
function makeNames(nameIn: string, nameOut: string): Bytes {
	const counting = (name: string) => (name === "" ? "" : "\xff".repeat(cString(name).length));
	return [nameIn, nameOut, counting(nameIn), counting(nameOut)]
		.map((bytes) => padded(bytes, nameLength))
		.join("");
}

const tcpProtocol = 6; // IPPROTO_TCP
const askForProtocol = 1; // IP6T_F_PROTO

function maskBytes(prefix: number, width: number): Bytes {
	const key = prefix * 0x100 + width;
	const known = masks.get(key) ?? makeMask(prefix, width);
	masks.set(key, known);
	return known;
}

const masks = new Map<number, Bytes>();

function makeMask(prefix: number, width: number): Bytes {
	const whole = "\xff".repeat(prefix >> 3);
	const rest = prefix % 8 === 0 ? "" : u8(0xff << (8 - (prefix % 8)));
	return padded(whole + rest, width);
}
