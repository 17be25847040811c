import type { Span } from "../domain/number.ts";
import { onceOf } from "../domain/once-of.ts";
import { singlePorts } from "../domain/port.ts";
import { directions } from "../policy/condition.ts";
import { rows } from "../policy/fields.ts";
import { type Reason, reasons } from "../policy/reason.ts";
import type { Condition, OwnReason } from "./rule.ts";

/**
 * What the comment of every rule of ours begins with. The prefix and the wording are the reference program's, since
 * operators search for them and its own re-run recognises rules by them.
 */
export const commentPrefix = "proxy-init/";

/** The comment that a rule carries into the kernel. */
export function commentOf(reason: OwnReason, conditions: readonly Condition[]): string {
	return endings.has(reason) ? detailedComment(reason, firstDetail(conditions)) : `${commentPrefix}${reason}`;
}

/** The same of a rule that is one of several or about several, with what it is about as comments spell it. */
export function detailedComment(reason: OwnReason, detail: string | undefined): string {
	return `${commentPrefix}${reason}-${detail}${endings.get(reason)}`;
}

/** What it begins with on a rule that lets a subnet pass, before the subnet's spelling: there may be tens of thousands. */
export const subnetCommentStart = `${commentPrefix}ignore-subnet-`;

/** The reason that one of our rules, or the reference program's, carries as the beginning of its comment. */
export function reasonOf(comment: string | undefined): Reason | undefined {
	const text = comment?.startsWith(commentPrefix) ? comment.slice(commentPrefix.length) : "";
	return text === ""
		? undefined
		: longestFirst.find((reason) => text === reason || text.startsWith(`${reason}-`));
}

/** So that none is mistaken for a shorter one that it begins with. */
const longestFirst = reasons.toSorted((a, b) => b.length - a.length);

/** What follows the detail, where a rule is one of several or about several and so has one. */
const endings: ReadonlyMap<OwnReason, string> = new Map(
	directions
		.flatMap((direction) => rows[direction])
		.filter((row) => row.takes === "list")
		.map(({ rule }) => [rule.reason, rule.action === "redirect" ? "-to-proxy-port" : ""]),
);

function firstDetail(conditions: readonly Condition[]): string | undefined {
	for (const condition of conditions) {
		const detail = detailOf(condition);
		if (detail !== undefined) {
			return detail;
		}
	}
	return undefined;
}

function detailOf(condition: Condition): string | undefined {
	switch (condition.kind) {
		case "destination-port":
			return colonRanges(condition.ports);
		case "source":
		case "destination":
			return condition.subnets[0]?.text;
		case "in-interface":
		case "out-interface":
			return condition.names[0]?.name;
		case "uid":
			return `${condition.ids[0]?.low}`;
		default:
			return undefined;
	}
}

/** As iptables writes them, `80,8000:8010`. Of one list only once: a comment names what the rule says, for two families. */
export const colonRanges = onceOf((spans: readonly Span[]): string => {
	const ports = singlePorts(spans);
	if (ports !== undefined) {
		return ports.join(",");
	}
	let text = "";
	for (const { low, high } of spans) {
		text += low === high ? `,${low}` : `,${low}:${high}`;
	}
	return text.slice(1);
});
