import type { ConfigKeyName } from "../policy/annotation-keys.ts";

/** What a part of a policy is called where it can be set. Named after the annotations. */
export interface PolicyKey {
	readonly key: ConfigKeyName;
	/** Of `shunt init`. */
	readonly flag: string;
	/** In a release's values. */
	readonly value: string;
}

export const policyKeys = [
	{ key: "inbound-port", flag: "incoming-proxy-port", value: "proxy.ports.inbound" },
	{ key: "outbound-port", flag: "outgoing-proxy-port", value: "proxy.ports.outbound" },
	{ key: "proxy-uid", flag: "proxy-uid", value: "proxy.uid" },
	{ key: "proxy-gid", flag: "proxy-gid", value: "proxy.gid" },
	{ key: "redirect-inbound-ports", flag: "ports-to-redirect", value: "proxyInit.redirectInboundPorts" },
	{ key: "skip-inbound-ports", flag: "inbound-ports-to-ignore", value: "proxyInit.ignoreInboundPorts" },
	{ key: "skip-subnets", flag: "subnets-to-ignore", value: "proxyInit.skipSubnets" },
	{
		key: "skip-inbound-interfaces",
		flag: "inbound-interfaces-to-ignore",
		value: "proxyInit.skipInboundInterfaces",
	},
	{
		key: "redirect-outbound-ports",
		flag: "outbound-ports-to-redirect",
		value: "proxyInit.redirectOutboundPorts",
	},
	{ key: "skip-outbound-ports", flag: "outbound-ports-to-ignore", value: "proxyInit.ignoreOutboundPorts" },
	{
		key: "skip-outbound-subnets",
		flag: "outbound-subnets-to-ignore",
		value: "proxyInit.skipOutboundSubnets",
	},
	{
		key: "skip-outbound-interfaces",
		flag: "outbound-interfaces-to-ignore",
		value: "proxyInit.skipOutboundInterfaces",
	},
	{ key: "skip-uids", flag: "uids-to-ignore", value: "proxyInit.skipUids" },
] as const satisfies readonly PolicyKey[];

export type PolicyKeyName = (typeof policyKeys)[number]["key"];

export function policyKey(name: PolicyKeyName): PolicyKey {
	const found = policyKeys.find(({ key }) => key === name);
	if (found === undefined) {
		throw new Error(`no such key: ${name}`);
	}
	return found;
}
