import { type Cidr, parseCidr } from "./cidr.ts";
import { type Family, families } from "./family.ts";
import { type Gid, parseGid, parseUid, type Uid } from "./identity.ts";
import { type InterfaceName, parseInterfaceName } from "./interface-name.ts";
import { StampReader } from "./pod-policy-stamp-reader.ts";
import { formatPortRange, type Port, type PortRange, parsePort, parsePortRange } from "./port.ts";
import { fail, ok, type Result } from "./problem.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "./redirect-policy.ts";

/**
 * A policy as JSON, for the annotation that carries it from the injector to whoever programs the pod's rules. What
 * is empty is left out. The words are those of {@link RedirectPolicy}; the spellings of ports and subnets are those
 * of flags and annotations, because people read it with `kubectl describe`.
 */
export function formatStamp({ families, inbound, outbound }: RedirectPolicy): string {
	return JSON.stringify({ families, inbound: formatInbound(inbound), outbound: formatOutbound(outbound) });
}

/**
 * Everything has to be understood: a plugin older than the injector that stamped the pod must not leave out what it
 * does not know.
 */
export function parseStamp(text: string, source: string): Result<RedirectPolicy> {
	const stamp = StampReader.parse(text, source);
	const policy: Unfinished = {
		families: stamp.list("families", parseFamily),
		inbound: readInbound(stamp.section("inbound")),
		outbound: readOutbound(stamp.section("outbound")),
	};
	const problems = stamp.finish();
	if (problems.length === 0 && policy.families.length === 0) {
		problems.push({ source, complaint: "names no address family", accepted: '"families": ["ipv4", "ipv6"]' });
	}
	return problems.length > 0 ? fail(...problems) : ok(policy as RedirectPolicy);
}

/** Before it is known whether what is required was there. */
interface Unfinished {
	readonly families: readonly Family[];
	readonly inbound: Omit<InboundPolicy, "proxyPort"> & { readonly proxyPort: Port | undefined };
	readonly outbound: Omit<OutboundPolicy, "proxyPort"> & { readonly proxyPort: Port | undefined };
}

function formatInbound(inbound: InboundPolicy) {
	return {
		proxyPort: inbound.proxyPort,
		portsToRedirect: filled(inbound.portsToRedirect),
		portsToIgnore: filled(inbound.portsToIgnore.map(formatPortRange)),
		subnetsToIgnore: filled(inbound.subnetsToIgnore.map(({ text }) => text)),
		interfacesToIgnore: filled(inbound.interfacesToIgnore),
	};
}

function formatOutbound(outbound: OutboundPolicy) {
	return {
		proxyPort: outbound.proxyPort,
		proxyUid: outbound.proxyUid,
		proxyGid: outbound.proxyGid,
		uidsToIgnore: filled(outbound.uidsToIgnore),
		portsToRedirect: filled(outbound.portsToRedirect.map(formatPortRange)),
		portsToIgnore: filled(outbound.portsToIgnore.map(formatPortRange)),
		subnetsToIgnore: filled(outbound.subnetsToIgnore.map(({ text }) => text)),
		interfacesToIgnore: filled(outbound.interfacesToIgnore),
	};
}

/** JSON.stringify leaves out what is undefined. */
function filled<T>(list: readonly T[]): readonly T[] | undefined {
	return list.length > 0 ? list : undefined;
}

function readInbound(stamp: StampReader): Unfinished["inbound"] {
	return {
		proxyPort: stamp.required<Port>("proxyPort", parsePort),
		portsToRedirect: stamp.list<Port>("portsToRedirect", parsePort),
		portsToIgnore: stamp.list<PortRange>("portsToIgnore", parsePortRange),
		subnetsToIgnore: stamp.list<Cidr>("subnetsToIgnore", parseCidr),
		interfacesToIgnore: stamp.list<InterfaceName>("interfacesToIgnore", parseInterfaceName),
	};
}

function readOutbound(stamp: StampReader): Unfinished["outbound"] {
	return {
		proxyPort: stamp.required<Port>("proxyPort", parsePort),
		proxyUid: stamp.optional<Uid>("proxyUid", parseUid),
		proxyGid: stamp.optional<Gid>("proxyGid", parseGid),
		uidsToIgnore: stamp.list<Uid>("uidsToIgnore", parseUid),
		portsToRedirect: stamp.list<PortRange>("portsToRedirect", parsePortRange),
		portsToIgnore: stamp.list<PortRange>("portsToIgnore", parsePortRange),
		subnetsToIgnore: stamp.list<Cidr>("subnetsToIgnore", parseCidr),
		interfacesToIgnore: stamp.list<InterfaceName>("interfacesToIgnore", parseInterfaceName),
	};
}

function parseFamily(text: string, source: string): Result<Family> {
	const family = families.find((candidate) => candidate === text);
	return family !== undefined
		? ok(family)
		: fail({ source, value: text, complaint: "is not an address family", accepted: families.join(" or ") });
}
