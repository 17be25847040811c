import type { Gid, Uid } from "../domain/identity.ts";
import { formatPortRange, type Port, type PortRange, parsePort } from "../domain/port.ts";
import { parseOwnGid, parseOwnUid } from "./annotation-id.ts";
import { distinct } from "./annotation-list.ts";
import type { AnnotationValues } from "./annotation-values.ts";
import { interfaceForm, portForm, rangeForm, subnetForm, uidForm } from "./list-forms.ts";
import type { PodSettings } from "./pod-policy-settings.ts";
import type { InboundPolicy, OutboundPolicy, RedirectPolicy } from "./redirect-policy.ts";

/** The defaults as the annotations change them, but for ports that stay reserved whatever those say. */
export function readPolicy(
	values: AnnotationValues,
	defaults: { readonly policy: RedirectPolicy; readonly reservedPorts?: readonly PortRange[] },
	settings: Pick<PodSettings, "controlPort" | "adminPort">,
): RedirectPolicy {
	const { families, inbound, outbound } = defaults.policy;
	const own = [settings.controlPort, settings.adminPort].filter((port) => port !== undefined).map(single);
	return {
		families,
		inbound: readInbound(values, inbound, [...own, ...(defaults.reservedPorts ?? [])]),
		outbound: readOutbound(values, outbound),
	};
}

function readInbound(
	values: AnnotationValues,
	inherited: InboundPolicy,
	reserved: readonly PortRange[],
): InboundPolicy {
	const ignored = values.list("skip-inbound-ports", rangeForm, inherited.portsToIgnore);
	return {
		proxyPort: values.one("inbound-port", parsePort, inherited.proxyPort),
		portsToRedirect: values.list("redirect-inbound-ports", portForm, inherited.portsToRedirect),
		portsToIgnore: distinct([...reserved, ...ignored], formatPortRange),
		subnetsToIgnore: values.list("skip-subnets", subnetForm, inherited.subnetsToIgnore),
		interfacesToIgnore: values.list("skip-inbound-interfaces", interfaceForm, inherited.interfacesToIgnore),
	};
}

function readOutbound(values: AnnotationValues, inherited: OutboundPolicy): OutboundPolicy {
	return {
		proxyPort: values.one("outbound-port", parsePort, inherited.proxyPort),
		proxyUid: values.one<Uid | undefined>("proxy-uid", parseOwnUid, inherited.proxyUid),
		proxyGid: values.one<Gid | undefined>("proxy-gid", parseOwnGid, inherited.proxyGid),
		uidsToIgnore: values.list("skip-uids", uidForm, inherited.uidsToIgnore),
		portsToRedirect: values.list("redirect-outbound-ports", rangeForm, inherited.portsToRedirect),
		portsToIgnore: values.list("skip-outbound-ports", rangeForm, inherited.portsToIgnore),
		subnetsToIgnore: values.list("skip-outbound-subnets", subnetForm, inherited.subnetsToIgnore),
		interfacesToIgnore: values.list("skip-outbound-interfaces", interfaceForm, inherited.interfacesToIgnore),
	};
}

function single(port: Port): PortRange {
	return { low: port, high: port };
}
