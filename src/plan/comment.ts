import type { PortRange } from "../domain/port.ts";
import { directions } from "../policy/condition.ts";
import { rows } from "../policy/fields.ts";
import type { Reason } from "../policy/reason.ts";
import type { Match } from "./plan.ts";

/**
 * The comment that a rule carries into the kernel. The prefix and the wording are the reference program's, since
 * operators search for them and its own re-run recognises rules by them.
 */
export function commentOf(reason: Reason, matches: readonly Match[]): string {
	const ending = endings.get(reason);
	return ending === undefined
		? `proxy-init/${reason}`
		: `proxy-init/${reason}-${firstDetail(matches)}${ending}`;
}

/** What follows the detail, where a rule is one of several or about several and so has one. */
const endings: ReadonlyMap<Reason, string> = new Map(
	directions
		.flatMap((direction) => rows[direction])
		.filter((row) => row.takes === "list")
		.map(({ rule }) => [rule.reason, rule.action === "redirect" ? "-to-proxy-port" : ""]),
);

function firstDetail(matches: readonly Match[]): string | undefined {
	for (const match of matches) {
		const detail = detailOf(match);
		if (detail !== undefined) {
			return detail;
		}
	}
	return undefined;
}

function detailOf(match: Match): string | undefined {
	switch (match.kind) {
		case "destination-port":
			return match.ports.map(colonRange).join(",");
		case "source":
		case "destination":
			return match.subnet.text;
		case "in-interface":
		case "out-interface":
			return match.name;
		case "uid":
			return `${match.uid}`;
		default:
			return undefined;
	}
}

/** A range as iptables writes it, `8000:8010`. */
export function colonRange(range: PortRange): string {
	return range.low === range.high ? `${range.low}` : `${range.low}:${range.high}`;
}
