import type { InterfaceName } from "../domain/interface-name.ts";
import type { Port, PortRange } from "../domain/port.ts";
import type { Reason } from "../policy/reason.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "../policy/redirect-policy.ts";
import type { Match, Plan, Rule } from "./plan.ts";

/**
 * States a policy as rules. The order is the reference program's (`test/vectors`): exemptions before redirects,
 * and, going out, the proxy's own user before everything, so that no other rule can send the proxy to itself.
 */
export function plan(policy: RedirectPolicy): Plan {
	return {
		families: policy.families,
		chains: [
			{ hook: "prerouting", rules: inboundRules(policy.inbound) },
			{ hook: "output", rules: outboundRules(policy.outbound) },
		],
	};
}

function inboundRules(inbound: InboundPolicy): Rule[] {
	return [
		...ignorePorts(inbound.portsToIgnore),
		...inbound.subnetsToIgnore.map((subnet) => pass("ignore-subnet", { kind: "source", subnet })),
		...inbound.interfacesToIgnore.map((name) => pass("ignore-interface", { kind: "in-interface", name })),
		...(inbound.portsToRedirect.length === 0
			? [redirect("redirect-all-incoming-to-proxy-port", inbound.proxyPort)]
			: inbound.portsToRedirect.map((port) =>
					redirect("redirect-port", inbound.proxyPort, [{ low: port, high: port }]),
				)),
	];
}

function outboundRules(outbound: OutboundPolicy): Rule[] {
	const { proxyUid, proxyGid } = outbound;
	return [
		...(proxyUid === undefined ? [] : [pass("ignore-proxy-user-id", { kind: "uid", uid: proxyUid })]),
		...(proxyGid === undefined ? [] : [pass("ignore-proxy-group-id", { kind: "gid", gid: proxyGid })]),
		...outbound.uidsToIgnore.map((uid) => pass("ignore-user-id", { kind: "uid", uid })),
		pass("ignore-loopback", { kind: "out-interface", name: loopback }),
		...outbound.interfacesToIgnore.map((name) => pass("ignore-interface", { kind: "out-interface", name })),
		...ignorePorts(outbound.portsToIgnore),
		...outbound.subnetsToIgnore.map((subnet) => pass("ignore-subnet", { kind: "destination", subnet })),
		outbound.portsToRedirect.length === 0
			? redirect("redirect-all-outgoing-to-proxy-port", outbound.proxyPort)
			: redirect("redirect-outgoing-port", outbound.proxyPort, outbound.portsToRedirect),
	];
}

/** Every Linux network namespace has it under this name, and it cannot be renamed (dev_change_name, net/core/dev.c). */
const loopback = "lo" as InterfaceName;

const tcp: Match = { kind: "protocol", protocol: "tcp" };

function pass(reason: Reason, ...matches: readonly Match[]): Rule {
	return { reason, matches, verdict: { kind: "return" } };
}

function ignorePorts(ports: readonly PortRange[]): Rule[] {
	return ports.length === 0 ? [] : [pass("ignore-port", tcp, { kind: "destination-port", ports })];
}

function redirect(reason: Reason, port: Port, only?: readonly PortRange[]): Rule {
	const matches: Match[] = only === undefined ? [tcp] : [tcp, { kind: "destination-port", ports: only }];
	return { reason, matches, verdict: { kind: "redirect", port } };
}
