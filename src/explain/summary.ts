import type { Hook } from "../plan/plan.ts";
import { describeMatch } from "./because.ts";
import { directionOf } from "./packet-fields.ts";
import type { Provision } from "./provisions.ts";
import { rulesetSummary } from "./ruleset-summary.ts";
import type { Row, Section } from "./section.ts";
import type { Rules } from "./subject.ts";

/** Everything that rules do, readable without a packet. */
export function summarize(rules: Rules): readonly Section[] {
	switch (rules.kind) {
		case "plan":
			return (["prerouting", "output"] as const).map((hook) =>
				planSection(
					hook,
					rules.provisions.filter((provision) => provision.hook === hook),
					rules.plan.families,
				),
			);
		case "ruleset":
			return rulesetSummary(rules.ruleset);
		case "none":
			return [{ title: "Nothing is redirected", lead: `${capital(rules.why)}.`, rows: [] }];
		case "unknown":
			return [{ title: "Not known", lead: `${capital(rules.why)}.`, rows: [] }];
	}
}

const titles: Readonly<Record<Hook, string>> = {
	prerouting: "Inbound: connections that arrive in the pod",
	output: "Outbound: connections that the pod's processes make",
};

function planSection(hook: Hook, provisions: readonly Provision[], families: readonly string[]): Section {
	const redirects = provisions.filter(({ proxyPort }) => proxyPort !== undefined);
	const isListed = redirects.some(({ match }) => match !== undefined);
	return {
		title: titles[hook],
		lead: `TCP over ${families.includes("ipv6") ? "IPv4 and IPv6" : "IPv4; IPv6 is left alone"}. The first line that fits decides.`,
		rows: [
			...joinPorts(provisions).map(rowOf),
			...(isListed
				? [{ what: "all others", outcome: "pass", origin: `only listed ports are redirected` } satisfies Row]
				: []),
		],
	};
}

/** Ports that share their fate and whoever asked for it share a line. */
function joinPorts(provisions: readonly Provision[]): readonly Provision[] {
	const joined: Provision[] = [];
	for (const next of provisions) {
		const last = joined.at(-1);
		const isSame = last?.reason === next.reason && last.origin === next.origin;
		if (isSame && last.match?.kind === "destination-port" && next.match?.kind === "destination-port") {
			const ports = [...last.match.ports, ...next.match.ports];
			joined.splice(-1, 1, { ...last, match: { ...last.match, ports } });
		} else {
			joined.push(next);
		}
	}
	return joined;
}

function rowOf({ reason, match, hook, proxyPort, origin }: Provision): Row {
	if (proxyPort !== undefined) {
		const what = match === undefined ? "all others" : describeMatch(match);
		return { what, outcome: `to the proxy, port ${proxyPort}`, origin };
	}
	const what = match === undefined ? "that leave through lo" : describeMatch(match);
	const isOwn = reason === "ignore-proxy-user-id" || reason === "ignore-proxy-group-id";
	return {
		what: isOwn ? `${what} (the proxy's own)` : what,
		outcome: "pass",
		origin: origin === "always" ? `always: what stays in the pod is not ${directionOf(hook)}` : origin,
	};
}

function capital(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
