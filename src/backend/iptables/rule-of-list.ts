import { formatCidr, parseCidr } from "../../domain/cidr.ts";
import { parseUid } from "../../domain/identity.ts";
import { maxPort, type Port, type PortRange, parsePort } from "../../domain/port.ts";
import type { Hook, Match, Rule, Verdict } from "../../plan/plan.ts";
import { passSubnet } from "../../plan/planner.ts";
import type { Reason } from "../../policy/reason.ts";
import { isWrittenAs, renderRule } from "./render-rule.ts";

/**
 * The short way to read the kinds of rules of which there is one for each item of a list, or for fifteen of them, and so
 * perhaps tens of thousands: what the comment names is written again and held against the rule. Undefined where the two
 * are not the same word for word, whatever the rule may be, and for every other kind.
 */
export function ruleOfList(spec: string, hook: Hook): Rule | undefined {
	const start = spec.indexOf(commentStart);
	const end = spec.indexOf('"', start + commentStart.length);
	if (start < 0 || end < 0) {
		return undefined;
	}
	const comment = spec.slice(start + commentStart.length, end);
	const kind = kinds.find(({ reason }) => comment.startsWith(reason));
	return kind?.read(comment.slice(kind.reason.length + 1), spec, hook);
}

const commentStart = '-m comment --comment "proxy-init/';

interface Kind {
	readonly reason: Reason;
	/** From what stands behind the reason in the comment, if that makes the rule. */
	read(detail: string, spec: string, hook: Hook): Rule | undefined;
}

const kinds: readonly Kind[] = [
	{
		reason: "ignore-subnet",
		read: (detail, spec, hook) => {
			const [kind, option] =
				hook === "prerouting" ? (["source", "-s"] as const) : (["destination", "-d"] as const);
			if (spec !== `${option} ${detail} ${commentStart}ignore-subnet-${detail}" -j RETURN`) {
				return undefined;
			}
			const subnet = parseCidr(detail, "comment");
			// Of a prefix of 0 nothing is written.
			if (!subnet.ok || subnet.value.prefix === 0 || formatCidr(subnet.value) !== detail) {
				return undefined;
			}
			const rule = passSubnet(kind, subnet.value);
			isWrittenAs(rule, spec);
			return rule;
		},
	},
	{
		reason: "ignore-port",
		read: (detail, spec) => {
			if (spec !== `-p tcp -m multiport --dports ${detail} ${commentStart}ignore-port-${detail}" -j RETURN`) {
				return undefined;
			}
			const ports = readPorts(detail);
			return ports && passing("ignore-port", tcp, { kind: "destination-port", ports });
		},
	},
	{
		reason: "redirect-port",
		read: (detail, spec) => {
			const port = parsePort(detail.replace("-to-proxy-port", ""), "comment");
			const to = parsePort(spec.slice(spec.lastIndexOf(" ") + 1), "--to-ports");
			if (!port.ok || !to.ok) {
				return undefined;
			}
			const ports = [{ low: port.value, high: port.value }];
			const verdict: Verdict = { kind: "redirect", port: to.value };
			const matches: Match[] = [tcp, { kind: "destination-port", ports }];
			return ifWritten({ reason: "redirect-port", matches, verdict }, spec);
		},
	},
	{
		reason: "ignore-user-id",
		read: (detail, spec) => {
			const uid = parseUid(detail, "comment");
			return uid.ok ? ifWritten(passing("ignore-user-id", { kind: "uid", uid: uid.value }), spec) : undefined;
		},
	},
];

/** As iptables writes them, which is how they stand in the comment; undefined for what nobody would write so. */
function readPorts(list: string): PortRange[] | undefined {
	const ranges: PortRange[] = [];
	for (const item of list.split(",")) {
		const colon = item.indexOf(":");
		const low = portIn(colon < 0 ? item : item.slice(0, colon));
		const high = colon < 0 ? low : portIn(item.slice(colon + 1));
		if (low === undefined || high === undefined || (colon >= 0 && low >= high)) {
			return undefined;
		}
		ranges.push({ low, high });
	}
	return ranges;
}

/** As {@link parsePort} has it, without a sentence for what is none: there may be tens of thousands. */
function portIn(text: string): Port | undefined {
	const number = Number(text);
	const isPort = Number.isInteger(number) && number >= 1 && number <= maxPort && `${number}` === text;
	return isPort ? (number as Port) : undefined;
}

function ifWritten(rule: Rule, spec: string): Rule | undefined {
	return renderRule(rule)[0] === spec ? rule : undefined;
}

const tcp: Match = { kind: "protocol", protocol: "tcp" };

function passing(reason: Reason, ...matches: readonly Match[]): Rule {
	return { reason, matches, verdict: { kind: "return" } };
}
