import { chainNames } from "../backend/iptables/chains.ts";
import { splitPorts } from "../backend/iptables/render-rule.ts";
import type { Family } from "../domain/family.ts";
import { commentOf } from "../plan/comment.ts";
import type { Hook, Match, Rule } from "../plan/plan.ts";
import { type ByteOrder, type Bytes, cString, u8, type Words, zeros } from "./bytes.ts";
import { extensionBytes, type IpRule, type IpTarget, layouts } from "./ip-table.ts";
import { addressBytes } from "./set-content.ts";
import { comment, multiport, owner, redirect, tcp } from "./xtables.ts";

/** A plan's rule as iptables-legacy makes it; several where the ports need more than one multiport match. */
export function encodeRule(rule: Rule, family: Family, order: Words): IpRule[] {
	const target: IpTarget =
		rule.verdict.kind === "return"
			? { kind: "return" }
			: { kind: "extension", bytes: extensionBytes(redirect(order, family, rule.verdict.port), order) };
	return extensionsOf(rule, order).map(({ matches, bytes }) => ({
		packet: packetOf(matches, family, order),
		matches: bytes,
		target,
	}));
}

/** The rule that leads a hook's connections into our chain. */
export function encodeJump(hook: Hook, family: Family, order: Words): IpRule {
	const { own, jumpComment } = chainNames[hook];
	return {
		packet: zeros(layouts[family].packet),
		matches: extensionBytes(comment(jumpComment), order),
		target: { kind: "jump", chain: own },
	};
}

/** What of a rule is the same in both families. */
interface Extensions {
	readonly matches: readonly Match[];
	readonly bytes: Bytes;
}

const encoded: Readonly<Record<ByteOrder, WeakMap<Rule, readonly Extensions[]>>> = {
	little: new WeakMap(),
	big: new WeakMap(),
};

function extensionsOf(rule: Rule, order: Words): readonly Extensions[] {
	const known = encoded[order.order].get(rule);
	if (known !== undefined) {
		return known;
	}
	const made = splitPorts(rule.matches).map((matches) => {
		const all = matches.map((match) => extensionOf(match, rule, order));
		const bytes = all.join("") + extensionBytes(comment(commentOf(rule.reason, matches)), order);
		return { matches, bytes };
	});
	encoded[order.order].set(rule, made);
	return made;
}

/** Empty for what stands in the packet's own part of a rule. */
function extensionOf(match: Match, { reason }: Rule, order: Words): Bytes {
	switch (match.kind) {
		case "destination-port": {
			const [first] = match.ports;
			// The reference program writes a single listed port with the tcp match (render-rule.ts).
			const isTcp = reason === "redirect-port" && first !== undefined;
			return extensionBytes(isTcp ? tcp(order, first) : multiport(order, match.ports), order);
		}
		case "uid":
			return extensionBytes(owner(order, "uid", match.uid), order);
		case "gid":
			return extensionBytes(owner(order, "gid", match.gid), order);
		default:
			return "";
	}
}

const nameLength = 16; // IFNAMSIZ
const noName = zeros(nameLength);

/** struct ipt_ip or struct ip6t_ip6 */
function packetOf(matches: readonly Match[], family: Family, order: Words): Bytes {
	const width = layouts[family].address;
	const none = zeros(width);
	const addresses = { source: none, destination: none };
	const masks = { source: none, destination: none };
	const names = { "in-interface": noName, "out-interface": noName };
	const nameMasks = { "in-interface": noName, "out-interface": noName };
	let protocol = 0;
	for (const match of matches) {
		switch (match.kind) {
			case "protocol":
				protocol = tcpProtocol;
				break;
			case "source":
			case "destination":
				addresses[match.kind] = addressBytes(match.subnet);
				masks[match.kind] = maskBytes(match.subnet.prefix, width);
				break;
			case "in-interface":
			case "out-interface":
				// With the NUL at its end: this name and none that begins so.
				names[match.kind] = match.name.padEnd(nameLength, "\0");
				nameMasks[match.kind] = "\xff".repeat(cString(match.name).length).padEnd(nameLength, "\0");
				break;
			default:
				break;
		}
	}
	return [
		...[addresses.source, addresses.destination, masks.source, masks.destination],
		...[names["in-interface"], names["out-interface"]],
		...[nameMasks["in-interface"], nameMasks["out-interface"]],
		order.u16(protocol),
		// IPv6 asks for a protocol by a flag, too.
		family === "ipv4" ? zeros(2) : `\0${u8(protocol === 0 ? 0 : askForProtocol)}${zeros(4)}`,
	].join("");
}

const tcpProtocol = 6; // IPPROTO_TCP
const askForProtocol = 1; // IP6T_F_PROTO

function maskBytes(prefix: number, width: number): Bytes {
	const whole = "\xff".repeat(prefix >> 3);
	const rest = prefix % 8 === 0 ? "" : u8(0xff << (8 - (prefix % 8)));
	return (whole + rest).padEnd(width, "\0");
}
