import { formatPortRange } from "../domain/port.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { unknownPort } from "./recover-policy.ts";

/** A policy as arguments of `shunt init`, so that it can be read, kept and applied again. */
export function policyArgs({ families, inbound, outbound }: RedirectPolicy): string[] {
	const values: readonly (readonly [string, readonly (string | number)[]])[] = [
		["incoming-proxy-port", known(inbound.proxyPort)],
		["outgoing-proxy-port", known(outbound.proxyPort)],
		["proxy-uid", outbound.proxyUid === undefined ? [] : [outbound.proxyUid]],
		["proxy-gid", outbound.proxyGid === undefined ? [] : [outbound.proxyGid]],
		["ports-to-redirect", inbound.portsToRedirect],
		["inbound-ports-to-ignore", inbound.portsToIgnore.map(formatPortRange)],
		["subnets-to-ignore", inbound.subnetsToIgnore.map(({ text }) => text)],
		["inbound-interfaces-to-ignore", inbound.interfacesToIgnore],
		["uids-to-ignore", outbound.uidsToIgnore],
		["outbound-ports-to-redirect", outbound.portsToRedirect.map(formatPortRange)],
		["outbound-ports-to-ignore", outbound.portsToIgnore.map(formatPortRange)],
		["outbound-subnets-to-ignore", outbound.subnetsToIgnore.map(({ text }) => text)],
		["outbound-interfaces-to-ignore", outbound.interfacesToIgnore],
	];
	const given = values.filter(([, items]) => items.length > 0);
	return [
		...given.flatMap(([name, items]) => [`--${name}`, items.join(",")]),
		...(families.includes("ipv6") ? [] : ["--ipv6=false"]),
	];
}

function known(port: number): number[] {
	return port === unknownPort ? [] : [port];
}
