import { formatCidr } from "../domain/cidr.ts";
import { formatPortRange, type Port, type PortRange } from "../domain/port.ts";
import type { Hook, Match } from "../plan/plan.ts";
import type { Reason } from "../policy/reason.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "../policy/redirect-policy.ts";
import type { PolicyKeyName } from "./policy-key.ts";
import type { Provision } from "./provision.ts";

/** Where an item of a policy was said; items are spelled as `formatPortRange`, `formatCidr` and numbers are. */
export type OriginOf = (key: PolicyKeyName, item: string) => string;

/** Everything that a policy says, one by one, in the order in which the planner makes rules of it. */
export function provisionsOf({ inbound, outbound }: RedirectPolicy, originOf: OriginOf): Provision[] {
	return [...inboundProvisions(inbound, originOf), ...outboundProvisions(outbound, originOf)];
}

function inboundProvisions(policy: InboundPolicy, originOf: OriginOf): Provision[] {
	const { provide, redirect } = maker("prerouting", policy.proxyPort, originOf);
	return [
		...policy.portsToIgnore.map((range) =>
			provide("ignore-port", "skip-inbound-ports", port(range), formatPortRange(range)),
		),
		...policy.subnetsToIgnore.map((subnet) =>
			provide("ignore-subnet", "skip-subnets", { kind: "source", subnet }, formatCidr(subnet)),
		),
		...policy.interfacesToIgnore.map((name) =>
			provide("ignore-interface", "skip-inbound-interfaces", { kind: "in-interface", name }, name),
		),
		...(policy.portsToRedirect.length === 0
			? [redirect("redirect-all-incoming-to-proxy-port", "inbound-port")]
			: policy.portsToRedirect.map((low) =>
					redirect("redirect-port", "redirect-inbound-ports", { low, high: low }),
				)),
	];
}

function outboundProvisions(policy: OutboundPolicy, originOf: OriginOf): Provision[] {
	const { provide, redirect } = maker("output", policy.proxyPort, originOf);
	const { proxyUid, proxyGid } = policy;
	return [
		...(proxyUid === undefined
			? []
			: [provide("ignore-proxy-user-id", "proxy-uid", { kind: "uid", uid: proxyUid }, `${proxyUid}`)]),
		...(proxyGid === undefined
			? []
			: [provide("ignore-proxy-group-id", "proxy-gid", { kind: "gid", gid: proxyGid }, `${proxyGid}`)]),
		...policy.uidsToIgnore.map((uid) =>
			provide("ignore-user-id", "skip-uids", { kind: "uid", uid }, `${uid}`),
		),
		{ hook: "output", reason: "ignore-loopback", match: undefined, origin: "always" } as const,
		...policy.interfacesToIgnore.map((name) =>
			provide("ignore-interface", "skip-outbound-interfaces", { kind: "out-interface", name }, name),
		),
		...policy.portsToIgnore.map((range) =>
			provide("ignore-port", "skip-outbound-ports", port(range), formatPortRange(range)),
		),
		...policy.subnetsToIgnore.map((subnet) =>
			provide("ignore-subnet", "skip-outbound-subnets", { kind: "destination", subnet }, formatCidr(subnet)),
		),
		...(policy.portsToRedirect.length === 0
			? [redirect("redirect-all-outgoing-to-proxy-port", "outbound-port")]
			: policy.portsToRedirect.map((range) =>
					redirect("redirect-outgoing-port", "redirect-outbound-ports", range),
				)),
	];
}

function maker(hook: Hook, proxyPort: Port, originOf: OriginOf) {
	return {
		provide: (reason: Reason, key: PolicyKeyName, match: Match, item: string): Provision => ({
			hook,
			reason,
			match,
			origin: originOf(key, item),
		}),
		redirect: (reason: Reason, key: PolicyKeyName, range?: PortRange): Provision => ({
			hook,
			reason,
			match: range === undefined ? undefined : port(range),
			proxyPort,
			origin: originOf(key, range === undefined ? `${proxyPort}` : formatPortRange(range)),
		}),
	};
}

function port(range: PortRange): Match {
	return { kind: "destination-port", ports: [range] };
}
