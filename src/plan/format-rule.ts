import { formatCidr } from "../domain/cidr.ts";
import { formatPortRange } from "../domain/port.ts";
import { commentOf } from "./comment.ts";
import type { Match, Rule } from "./plan.ts";

/**
 * A rule in plain words, such as `tcp to port 80,443: return [proxy-init/ignore-port-80,443]`. Two rules are the
 * same exactly when their words are.
 */
export function formatRule(rule: Rule): string {
	const condition = rule.matches.map(formatMatch).join(" ") || "everything";
	const verdict = rule.verdict.kind === "return" ? "return" : `redirect to port ${rule.verdict.port}`;
	return `${condition}: ${verdict} [${commentOf(rule.reason, rule.matches)}]`;
}

function formatMatch(match: Match): string {
	switch (match.kind) {
		case "protocol":
			return match.protocol;
		case "destination-port":
			return `to port ${match.ports.map(formatPortRange).join(",")}`;
		case "source":
			return `from ${formatCidr(match.subnet)}`;
		case "destination":
			return `to ${formatCidr(match.subnet)}`;
		case "in-interface":
			return `in on ${match.name}`;
		case "out-interface":
			return `out on ${match.name}`;
		case "uid":
			return `by user ${match.uid}`;
		case "gid":
			return `by group ${match.gid}`;
	}
}
