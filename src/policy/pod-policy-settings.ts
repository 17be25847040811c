import { parseSeconds } from "../domain/duration.ts";
import { formatPortRange, type Port, type PortRange, parsePort } from "../domain/port.ts";
import type { ConfigKeyName } from "./annotation-keys.ts";
import type { AnnotationValues } from "./annotations.ts";
import { distinct, itemsOf } from "./field.ts";
import { makePolicy, type RedirectPolicy } from "./redirect-policy.ts";
import {
	type ContainerResources,
	type PullPolicy,
	parseImageName,
	parseImageVersion,
	parsePullPolicy,
	parseQuantity,
	parseSwitch,
	type ResourceName,
	resourceNames,
} from "./setting-forms.ts";

/** What a pod asks for besides its policy; absent is what it leaves to the configuration. */
export interface PodSettings {
	readonly controlPort: Port | undefined;
	readonly adminPort: Port | undefined;
	readonly closeWaitSeconds: number | undefined;
	readonly nativeSidecar: boolean | undefined;
	readonly image: ProxyImageWish;
	/** The proxy's. */
	readonly resources: ContainerResources;
	/** The init container's, or the validator's in its place. */
	readonly initResources: ContainerResources;
}

interface ProxyImageWish {
	readonly name: string | undefined;
	readonly version: string | undefined;
	readonly pullPolicy: PullPolicy | undefined;
}

export function readSettings(
	values: AnnotationValues,
	defaults: Pick<PodSettings, "controlPort" | "adminPort">,
): PodSettings {
	const boundsOf = (owner: string, names: readonly ResourceName[]): ContainerResources => {
		const read = (name: string) => values.one(`${owner}-${name}` as ConfigKeyName, parseQuantity);
		return Object.fromEntries(
			names.map((name) => [name, { request: read(`${name}-request`), limit: read(`${name}-limit`) }]),
		);
	};
	return {
		controlPort: values.one("control-port", parsePort) ?? defaults.controlPort,
		adminPort: values.one("admin-port", parsePort) ?? defaults.adminPort,
		closeWaitSeconds: values.one("close-wait-timeout", parseSeconds),
		nativeSidecar: values.one("native-sidecar", parseSwitch),
		image: {
			name: values.one("proxy-image", parseImageName),
			version: values.one("proxy-version", parseImageVersion),
			pullPolicy: values.one("image-pull-policy", parsePullPolicy),
		},
		resources: boundsOf("proxy", resourceNames),
		initResources: boundsOf("init", ["cpu", "memory"]),
	};
}

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
