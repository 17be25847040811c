import { formatPortRange, type Port, type PortRange } from "../domain/port.ts";
import { distinct } from "./annotation-list.ts";
import type { AnnotationValues } from "./annotation-values.ts";
import { itemsOf } from "./field.ts";
import type { PodSettings } from "./pod-policy-settings.ts";
import { makePolicy, type RedirectPolicy } from "./redirect-policy.ts";

/** The defaults as the annotations change them, but for ports that stay reserved whatever those say. */
export function readPolicy(
	values: AnnotationValues,
	defaults: { readonly policy: RedirectPolicy; readonly reservedPorts?: readonly PortRange[] },
	settings: Pick<PodSettings, "controlPort" | "adminPort">,
): RedirectPolicy {
	const policy = makePolicy(defaults.policy.families, (direction) => ({ key, field }) => {
		const inherited = itemsOf(field, defaults.policy[direction]);
		return field.takes === "list"
			? values.list(key, field.form, inherited)
			: values.one(key, field.form.parseOwn, inherited[0]);
	});
	const own = [settings.controlPort, settings.adminPort].filter((port) => port !== undefined).map(single);
	const reserved = [...own, ...(defaults.reservedPorts ?? [])];
	const portsToIgnore = distinct([...reserved, ...policy.inbound.portsToIgnore], formatPortRange);
	return { ...policy, inbound: { ...policy.inbound, portsToIgnore } };
}

function single(port: Port): PortRange {
	return { low: port, high: port };
}
