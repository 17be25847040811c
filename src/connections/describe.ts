import { formatEndpoint } from "../domain/endpoint.ts";
import { tableName, whyOf } from "../explain/ruleset-trace.ts";
import { reasonOf } from "../rules/comment.ts";
import type { KnownFate, NatFate, NatStep } from "../rules/walk.ts";
import { addressText } from "../wire/field.ts";
import type { Connection, End } from "./connection.ts";

/** Where a connection went, in a word; `unknown` where nobody could be asked. */
export type Via =
	| "proxy"
	/** Where it was going. */
	| "past-proxy"
	/** To another place, which is no proxy by the present rules. */
	| "elsewhere"
	| "unknown";

export const vias: readonly Via[] = ["proxy", "past-proxy", "elsewhere", "unknown"];

/** `proxyPorts` are those of the present rules. */
export function viaOf(
	{ wentTo, to, isRedirected, isToLocal }: Connection,
	proxyPorts: ReadonlySet<number>,
): Via {
	if (wentTo === undefined) {
		return "unknown";
	}
	if ((isRedirected || isToLocal) && proxyPorts.has(wentTo.port)) {
		return "proxy";
	}
	return wentTo.port === to.port && wentTo.address === to.address ? "past-proxy" : "elsewhere";
}

/** A rule of the nat tables as it is called: by our reason for it, or by its place. */
export interface RuleName {
	/** `redirect-all-outgoing-to-proxy-port`, or `ISTIO_OUTPUT 3` for one of others. */
	readonly name: string;
	/** `nft ipv4 nat`, as `shunt explain` calls it. */
	readonly table: string;
	readonly chain: string;
	/** From 1. */
	readonly position: number;
	readonly text: string;
	/** Why it is there: a clause. */
	readonly why: string;
}

export function nameRule(step: NatStep, direction: Connection["direction"]): RuleName {
	const { rule, chain, position } = step;
	const reason = reasonOf(rule.comment);
	return {
		name:
			reason === undefined
				? `${chain} ${position}`
				: (rule.comment ?? "").slice(rule.comment?.indexOf(reason)),
		table: tableName(step.table),
		chain,
		position,
		text: rule.text,
		why: whyOf(step, direction === "outbound" ? "output" : "prerouting"),
	};
}

/** As it reads behind "they": `would go to the proxy on port 4140`. `proxyPorts` are those of the present rules. */
export function wouldGo(fate: NatFate, proxyPorts: ReadonlySet<number>): string {
	return fate.kind === "unknown" ? "may go either way" : `would ${wayInWords(fate, proxyPorts)}`;
}

function wayInWords(fate: KnownFate, proxyPorts: ReadonlySet<number>): string {
	switch (fate.kind) {
		case "pass":
			return "go straight to where they were going";
		case "drop":
			return "be dropped";
		case "redirect":
			return proxyPorts.has(fate.port)
				? `go to the proxy on port ${fate.port}`
				: `go to port ${fate.port} of this machine`;
		case "dnat":
			return `go to ${fate.address}${fate.port === undefined ? "" : ` port ${fate.port}`}`;
	}
}

export function endInWords({ address, port }: End): string {
	return formatEndpoint({ address: addressText(address), port });
}
