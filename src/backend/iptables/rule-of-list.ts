import { parseCidr } from "../../domain/cidr.ts";
import { parseUid } from "../../domain/identity.ts";
import { parsePort } from "../../domain/port.ts";
import type { Hook, Match, Rule, Verdict } from "../../plan/plan.ts";
import type { Reason } from "../../policy/reason.ts";
import { renderRule } from "./render-rule.ts";

/**
 * The short way to read the kinds of rules of which there is one for each item of a list, and so perhaps tens of
 * thousands: what the comment names is written again and held against the rule. Undefined where the two are not the same
 * word for word, whatever the rule may be, and for every other kind.
 */
export function ruleOfList(spec: string, hook: Hook): Rule | undefined {
	const start = spec.indexOf(commentStart);
	const end = spec.indexOf('"', start + commentStart.length);
	if (start < 0 || end < 0) {
		return undefined;
	}
	const comment = spec.slice(start + commentStart.length, end);
	const kind = kinds.find(({ reason }) => comment.startsWith(reason));
	const rule = kind?.read(comment.slice(kind.reason.length + 1), spec, hook);
	return rule !== undefined && renderRule(rule)[0] === spec ? rule : undefined;
}

const commentStart = '-m comment --comment "proxy-init/';

interface Kind {
	readonly reason: Reason;
	/** From what stands behind the reason in the comment. */
	read(detail: string, spec: string, hook: Hook): Rule | undefined;
}

const kinds: readonly Kind[] = [
	{
		reason: "ignore-subnet",
		read: (detail, spec, hook) => {
			const subnet = parseCidr(detail, "comment");
			// Of a prefix of 0 nothing is written, and the chain tells which side is meant.
			const isSource = spec.startsWith("-s ") || (hook === "prerouting" && !spec.startsWith("-d "));
			const kind = isSource ? "source" : "destination";
			return subnet.ok ? passing("ignore-subnet", { kind, subnet: subnet.value }) : undefined;
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
			return { reason: "redirect-port", matches: [tcp, { kind: "destination-port", ports }], verdict };
		},
	},
	{
		reason: "ignore-user-id",
		read: (detail) => {
			const uid = parseUid(detail, "comment");
			return uid.ok ? passing("ignore-user-id", { kind: "uid", uid: uid.value }) : undefined;
		},
	},
];

const tcp: Match = { kind: "protocol", protocol: "tcp" };

function passing(reason: Reason, match: Match): Rule {
	return { reason, matches: [match], verdict: { kind: "return" } };
}
