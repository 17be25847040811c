import { parseCommandLine } from "../command/command-line.ts";
import { type CommonOptions, readCommon } from "../command/common-options.ts";
import { FlagValues } from "../command/flag-values.ts";
import { type Cidr, formatCidr, hasHostBits, parseCidr } from "../domain/cidr.ts";
import { mostSeconds } from "../domain/duration.ts";
import { type Family, families } from "../domain/family.ts";
import { parseProxyGid, parseProxyUid, parseUid } from "../domain/identity.ts";
import { parseInterfaceName } from "../domain/interface-name.ts";
import type { Mode } from "../domain/mode.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { parsePort, parsePortRange } from "../domain/port.ts";
import { fail, ok, type Result } from "../domain/problem.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "../policy/redirect-policy.ts";
import { initFlags } from "./flags.ts";
import { readMode } from "./mode-flags.ts";

/** Everything `shunt init` was asked to do. */
export interface InitOptions extends CommonOptions {
	readonly policy: RedirectPolicy;
	readonly mode: Mode;
	readonly wait: boolean;
	readonly counters: boolean;
	readonly simulate: boolean;
	/** Also in the machine's initial network namespace. */
	readonly hostNetwork: boolean;
	/** Absent when the kernel's value is to stay. */
	readonly closeWaitSeconds: number | undefined;
	/** What was accepted but deserves a second look. */
	readonly warnings: readonly string[];
}

export function parseInitOptions(argv: readonly string[], program: string): Result<InitOptions> {
	const flags = new FlagValues(parseCommandLine(argv, initFlags, program), initFlags);
	const ports = readPorts(flags);
	const rest = readRest(flags);
	// Whoever asks for a probe does not come here; a value that it cannot have does.
	flags.boolean("probe");
	const policy = readPolicy(flags, ports);
	if (flags.problems.length > 0 || policy === undefined) {
		return fail(...flags.problems);
	}
	return ok({ ...rest, policy, warnings: warningsOf(policy) });
}

/** The policy that flags spell out. Undefined without the two ports, which is then among the problems of `flags`. */
export function readPolicy(flags: FlagValues, ports = readPorts(flags)): RedirectPolicy | undefined {
	const families = readFamilies(flags);
	const inbound = readInbound(flags);
	const outbound = readOutbound(flags);
	return ports.inbound === undefined || ports.outbound === undefined
		? undefined
		: {
				families,
				inbound: { ...inbound, proxyPort: ports.inbound },
				outbound: { ...outbound, proxyPort: ports.outbound },
			};
}

function readPorts(flags: FlagValues) {
	return {
		inbound: flags.required("incoming-proxy-port", parsePort),
		outbound: flags.required("outgoing-proxy-port", parsePort),
	};
}

function readRest(flags: FlagValues) {
	return {
		mode: readMode(flags),
		wait: flags.boolean("use-wait-flag"),
		counters: flags.boolean("counters"),
		simulate: flags.boolean("simulate"),
		hostNetwork: flags.boolean("host-network"),
		closeWaitSeconds: flags.one("timeout-close-wait-secs", parseCloseWait) || undefined,
		...readCommon(flags),
	};
}

export function readFamilies(flags: FlagValues): readonly Family[] {
	return flags.boolean("ipv6") ? families : ["ipv4"];
}

function readInbound(flags: FlagValues): Omit<InboundPolicy, "proxyPort"> {
	return {
		portsToRedirect: flags.list("ports-to-redirect", parsePort),
		portsToIgnore: flags.list("inbound-ports-to-ignore", parsePortRange),
		subnetsToIgnore: flags.list("subnets-to-ignore", parseCidr),
		interfacesToIgnore: flags.list("inbound-interfaces-to-ignore", parseInterfaceName),
	};
}

function readOutbound(flags: FlagValues): Omit<OutboundPolicy, "proxyPort"> {
	return {
		proxyUid: flags.one("proxy-uid", parseProxyUid),
		proxyGid: flags.one("proxy-gid", parseProxyGid),
		uidsToIgnore: flags.list("uids-to-ignore", parseUid),
		portsToRedirect: flags.list("outbound-ports-to-redirect", parsePortRange),
		portsToIgnore: flags.list("outbound-ports-to-ignore", parsePortRange),
		subnetsToIgnore: flags.list("outbound-subnets-to-ignore", parseCidr),
		interfacesToIgnore: flags.list("outbound-interfaces-to-ignore", parseInterfaceName),
	};
}

function warningsOf({ inbound, outbound }: RedirectPolicy): string[] {
	const subnets: readonly Cidr[] = [...inbound.subnetsToIgnore, ...outbound.subnetsToIgnore];
	return [
		...(outbound.proxyUid === undefined && outbound.proxyGid === undefined
			? [
					"neither --proxy-uid nor --proxy-gid is given: the proxy's own outbound connections are redirected to itself, a loop",
				]
			: []),
		...subnets
			.filter(hasHostBits)
			.map((subnet) => `${subnet.text} has bits set beyond its prefix: it means ${formatCidr(subnet)}`),
	];
}

/** The unit is in the flag's name, and to the reference program a unit behind the number is a mistake too. */
function parseCloseWait(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "number of seconds", min: 0, max: mostSeconds });
}
