import { type Hook, hooks } from "../rules/plan.ts";
import { connectionsInWords } from "../rules/words.ts";
import { directionOf } from "./packet-fields.ts";
import { type Row, rulesetSummary, type Section } from "./ruleset-summary.ts";
import type { PolicySource, Rules } from "./subject.ts";

/** Everything that rules do, readable without a packet. */
export function summarize(rules: Rules): readonly Section[] {
	switch (rules.kind) {
		case "plan":
			return hooks.map((hook) =>
				planSection(
					hook,
					rules.sources.filter((source) => source.hook === hook),
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

function planSection(hook: Hook, sources: readonly PolicySource[], families: readonly string[]): Section {
	const redirects = sources.filter(({ proxyPort }) => proxyPort !== undefined);
	const isListed = redirects.some(({ selection }) => selection !== undefined);
	return {
		title: titles[hook],
		lead: `TCP over ${families.includes("ipv6") ? "IPv4 and IPv6" : "IPv4; IPv6 is left alone"}. The first line that fits decides.`,
		rows: [
			...joinPorts(sources).map(rowOf),
			...(isListed
				? [{ what: "all others", outcome: "pass", origin: `only listed ports are redirected` } satisfies Row]
				: []),
		],
	};
}

/** Ports that share their fate and whoever asked for it share a line. */
function joinPorts(sources: readonly PolicySource[]): readonly PolicySource[] {
	const joined: PolicySource[] = [];
	for (const next of sources) {
		const last = joined.at(-1);
		const isSame = last?.reason === next.reason && last.origin === next.origin;
		if (
			isSame &&
			last.selection?.kind === "destination-port" &&
			next.selection?.kind === "destination-port"
		) {
			const ports = [...last.selection.ports, ...next.selection.ports];
			joined.splice(-1, 1, { ...last, selection: { ...last.selection, ports } });
		} else {
			joined.push(next);
		}
	}
	return joined;
}

function rowOf({ reason, selection, hook, proxyPort, origin }: PolicySource): Row {
	if (proxyPort !== undefined) {
		const what = selection === undefined ? "all others" : connectionsInWords(selection);
		return { what, outcome: `to the proxy, port ${proxyPort}`, origin };
	}
	const what = selection === undefined ? "that leave through lo" : connectionsInWords(selection);
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
