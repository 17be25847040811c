import { formatCidr } from "../../domain/cidr.ts";
import type { PortRange } from "../../domain/port.ts";
import { colonRange, commentOf } from "../../plan/comment.ts";
import type { Match, Rule, Verdict } from "../../plan/plan.ts";

/**
 * A rule as iptables-save prints it behind `-A CHAIN`: one spec, or several where the ports need more than one
 * multiport match. Matches of a plan are in the order in which iptables-save prints them.
 */
export function renderRule(rule: Rule): readonly string[] {
	const known = rendered.get(rule);
	if (known !== undefined) {
		return known;
	}
	const specs = renderAnew(rule);
	rendered.set(rule, specs);
	return specs;
}

/** Makes known how a rule is written that was read, so that it need not be written anew. */
export function isWrittenAs(rule: Rule, spec: string): void {
	rendered.set(rule, [spec]);
}

/** Most rules serve both families, and the report names them all again. */
const rendered = new WeakMap<Rule, readonly string[]>();

function renderAnew(rule: Rule): string[] {
	return splitPorts(rule.matches).map((matches) => {
		let written = "";
		for (const match of matches) {
			written += renderMatch(match, rule);
		}
		return `${written}-m comment --comment "${commentOf(rule.reason, matches)}" ${renderVerdict(rule.verdict)}`;
	});
}

/** With a blank behind it; empty where a match says nothing. */
function renderMatch(match: Match, rule: Rule): string {
	switch (match.kind) {
		case "protocol":
			return `-p ${match.protocol} `;
		case "destination-port":
			return `${renderPorts(match.ports, rule)} `;
		case "source":
			return match.subnet.prefix === 0 ? "" : `-s ${formatCidr(match.subnet)} `;
		case "destination":
			return match.subnet.prefix === 0 ? "" : `-d ${formatCidr(match.subnet)} `;
		case "in-interface":
			return `-i ${match.name} `;
		case "out-interface":
			return `-o ${match.name} `;
		case "uid":
			return `-m owner --uid-owner ${match.uid} `;
		case "gid":
			return `-m owner --gid-owner ${match.gid} `;
	}
}

/** The reference program writes a single listed port with the tcp match and everything else with multiport. */
function renderPorts(ports: readonly PortRange[], rule: Rule): string {
	const list = ports.map(colonRange).join(",");
	return rule.reason === "redirect-port" ? `-m tcp --dport ${list}` : `-m multiport --dports ${list}`;
}

function renderVerdict(verdict: Verdict): string {
	return verdict.kind === "return" ? "-j RETURN" : `-j REDIRECT --to-ports ${verdict.port}`;
}

/** XT_MULTI_PORTS in linux/netfilter/xt_multiport.h: a match has 15 slots, of which a range takes two. */
const multiportSlots = 15;

/** A rule's matches as often as it takes multiport matches to hold its ports, each with a share of them. */
export function splitPorts(matches: readonly Match[]): (readonly Match[])[] {
	const index = matches.findIndex((match) => match.kind === "destination-port");
	const match = matches[index];
	if (match?.kind !== "destination-port") {
		return [matches];
	}
	return fillSlots(match.ports).map((ports) => matches.with(index, { kind: "destination-port", ports }));
}

function fillSlots(ports: readonly PortRange[]): PortRange[][] {
	const groups: PortRange[][] = [];
	let free = 0;
	for (const range of ports) {
		const slots = range.low === range.high ? 1 : 2;
		if (slots > free) {
			groups.push([]);
			free = multiportSlots;
		}
		groups.at(-1)?.push(range);
		free -= slots;
	}
	return groups;
}
