import type { ProxyKind } from "../../src/inject/config.ts";

export interface Taken {
	readonly inbound: number;
	readonly outbound: number;
}

/** Connections that a proxy has taken so far, from its /metrics. */
export function takenIn(metrics: string, kind: Exclude<ProxyKind, "custom">): Taken {
	const count = (direction: string) =>
		Number(new RegExp(`^${samples[kind](direction)} (\\d+)$`, "m").exec(metrics)?.[1] ?? Number.NaN);
	return { inbound: count("inbound"), outbound: count("outbound") };
}

const samples = {
	shunt: (direction: string) => `shunt_proxy_connections_total\\{direction="${direction}"\\}`,
	// Both families' listeners count under the same prefix.
	envoy: (direction: string) => `envoy_tcp_downstream_cx_total\\{envoy_tcp_prefix="${direction}"\\}`,
} as const;
