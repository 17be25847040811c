import { formatPortRange, type PortRange } from "../domain/port.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "../policy/redirect-policy.ts";
import type { InjectConfig } from "./config.ts";
import { modeArgs } from "./mode-args.ts";

/**
 * The policy as arguments of `shunt init`. Those that Linkerd's injector passes come first and in its order, since
 * there is tooling that compares them by position; those that only we have come last.
 */
export function initArgs(
	{ families, inbound, outbound }: RedirectPolicy,
	config: InjectConfig,
	closeWaitSeconds: number,
): readonly string[] {
	const { mode, init } = config;
	return [
		...modeArgs(mode),
		...(families.includes("ipv6") ? [] : ["--ipv6=false"]),
		...["--incoming-proxy-port", `${inbound.proxyPort}`],
		...["--outgoing-proxy-port", `${outbound.proxyPort}`],
		...option("--proxy-uid", outbound.proxyUid),
		...option("--proxy-gid", outbound.proxyGid),
		...list("--inbound-ports-to-ignore", ranges(inbound.portsToIgnore)),
		...list("--outbound-ports-to-ignore", ranges(outbound.portsToIgnore)),
		...option("--timeout-close-wait-secs", closeWaitSeconds || undefined),
		...option("--log-format", init.logFormat),
		...option("--log-level", init.logLevel),
		...list(
			"--subnets-to-ignore",
			inbound.subnetsToIgnore.map(({ text }) => text),
		),
		...ownArgs(inbound, outbound),
	];
}

function ownArgs(inbound: InboundPolicy, outbound: OutboundPolicy): string[] {
	return [
		...list("--ports-to-redirect", inbound.portsToRedirect),
		...list("--inbound-interfaces-to-ignore", inbound.interfacesToIgnore),
		...list("--outbound-ports-to-redirect", ranges(outbound.portsToRedirect)),
		...list(
			"--outbound-subnets-to-ignore",
			outbound.subnetsToIgnore.map(({ text }) => text),
		),
		...list("--outbound-interfaces-to-ignore", outbound.interfacesToIgnore),
		...list("--uids-to-ignore", outbound.uidsToIgnore),
	];
}

function ranges(list: readonly PortRange[]): readonly string[] {
	return list.map(formatPortRange);
}

function option(flag: string, value: string | number | undefined): string[] {
	return value === undefined ? [] : [flag, `${value}`];
}

/** Repeated where one argument would be longer than a kernel takes (see pod-size.ts). */
function list(flag: string, items: readonly (string | number)[]): string[] {
	const text = items.join(",");
	if (text.length <= longArgument) {
		return items.length === 0 ? [] : [flag, text];
	}
	const half = Math.ceil(items.length / 2);
	return [...list(flag, items.slice(0, half)), ...list(flag, items.slice(half))];
}

/** In characters, of which only an interface's name has some of more than a byte, and is short. */
const longArgument = 100_000;
