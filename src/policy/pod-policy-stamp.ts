import type { Cidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import { type Gid, parseGid, parseUid, type Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import { formatPortRange, type Port, parsePort } from "../domain/port.ts";
import { fail, ok, type Result } from "../domain/problem.ts";
import type { Annotations } from "./annotations.ts";
import { interfaceForm, portForm, rangeForm, subnetForm, uidForm } from "./list-forms.ts";
import { stampList } from "./pod-policy-stamp-list.ts";
import { StampReader } from "./pod-policy-stamp-reader.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "./redirect-policy.ts";

/**
 * A policy as JSON, for the annotation that carries it from the injector to whoever programs the pod's rules. What
 * is empty is left out, and of a long list what the pod's annotations say already. The words are those of
 * {@link RedirectPolicy}; the spellings of ports and subnets are those of flags and annotations, because people read it
 * with `kubectl describe`.
 */
export function formatStamp(
	{ families, inbound, outbound }: RedirectPolicy,
	annotations: Annotations = {},
): string {
	return JSON.stringify({
		families,
		inbound: formatInbound(inbound, annotations),
		outbound: formatOutbound(outbound, annotations),
	});
}

/**
 * Everything has to be understood: a plugin older than the injector that stamped the pod must not leave out what it
 * does not know. A list may go on in an annotation of the same pod.
 */
export function parseStamp(
	text: string,
	source: string,
	annotationOf: (name: string) => string | undefined = () => undefined,
): Result<RedirectPolicy> {
	const stamp = StampReader.parse(text, source, annotationOf);
	const policy: Unfinished = {
		families: stamp.list("families", { parse: parseFamily, key: String }),
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

function formatInbound(inbound: InboundPolicy, annotations: Annotations) {
	return {
		proxyPort: inbound.proxyPort,
		portsToRedirect: stampList(inbound.portsToRedirect, lists.redirectInbound, annotations),
		portsToIgnore: stampList(inbound.portsToIgnore, lists.skipInbound, annotations),
		subnetsToIgnore: stampList(inbound.subnetsToIgnore, lists.skipSubnets, annotations),
		interfacesToIgnore: stampList(inbound.interfacesToIgnore, lists.skipInboundInterfaces, annotations),
	};
}

/** JSON.stringify leaves out what is undefined. */
function formatOutbound(outbound: OutboundPolicy, annotations: Annotations) {
	return {
		proxyPort: outbound.proxyPort,
		proxyUid: outbound.proxyUid,
		proxyGid: outbound.proxyGid,
		uidsToIgnore: stampList(outbound.uidsToIgnore, lists.skipUids, annotations),
		portsToRedirect: stampList(outbound.portsToRedirect, lists.redirectOutbound, annotations),
		portsToIgnore: stampList(outbound.portsToIgnore, lists.skipOutbound, annotations),
		subnetsToIgnore: stampList(outbound.subnetsToIgnore, lists.skipOutboundSubnets, annotations),
		interfacesToIgnore: stampList(outbound.interfacesToIgnore, lists.skipOutboundInterfaces, annotations),
	};
}

const ranges = { form: rangeForm, format: formatPortRange };
const subnets = { form: subnetForm, format: ({ text }: Cidr) => text };
const interfaces = { form: interfaceForm, format: (name: InterfaceName) => name };

const lists = {
	redirectInbound: { key: "redirect-inbound-ports", form: portForm, format: (port: Port) => port },
	skipInbound: { key: "skip-inbound-ports", ...ranges },
	skipSubnets: { key: "skip-subnets", ...subnets },
	skipInboundInterfaces: { key: "skip-inbound-interfaces", ...interfaces },
	skipUids: { key: "skip-uids", form: uidForm, format: (uid: Uid) => uid },
	redirectOutbound: { key: "redirect-outbound-ports", ...ranges },
	skipOutbound: { key: "skip-outbound-ports", ...ranges },
	skipOutboundSubnets: { key: "skip-outbound-subnets", ...subnets },
	skipOutboundInterfaces: { key: "skip-outbound-interfaces", ...interfaces },
} as const;

function readInbound(stamp: StampReader): Unfinished["inbound"] {
	return {
		proxyPort: stamp.required<Port>("proxyPort", parsePort),
		portsToRedirect: stamp.list("portsToRedirect", portForm),
		portsToIgnore: stamp.list("portsToIgnore", rangeForm),
		subnetsToIgnore: stamp.list("subnetsToIgnore", subnetForm),
		interfacesToIgnore: stamp.list("interfacesToIgnore", interfaceForm),
	};
}

function readOutbound(stamp: StampReader): Unfinished["outbound"] {
	return {
		proxyPort: stamp.required<Port>("proxyPort", parsePort),
		proxyUid: stamp.optional<Uid>("proxyUid", parseUid),
		proxyGid: stamp.optional<Gid>("proxyGid", parseGid),
		uidsToIgnore: stamp.list("uidsToIgnore", uidForm),
		portsToRedirect: stamp.list("portsToRedirect", rangeForm),
		portsToIgnore: stamp.list("portsToIgnore", rangeForm),
		subnetsToIgnore: stamp.list("subnetsToIgnore", subnetForm),
		interfacesToIgnore: stamp.list("interfacesToIgnore", interfaceForm),
	};
}

function parseFamily(text: string, source: string): Result<Family> {
	const family = families.find((candidate) => candidate === text);
	return family !== undefined
		? ok(family)
		: fail({ source, value: text, complaint: "is not an address family", accepted: families.join(" or ") });
}
