import type { Port, PortRange } from "../domain/port.ts";
import type { Problem } from "../domain/problem.ts";
import { type Annotations, AnnotationValues, scopesOf } from "./annotations.ts";
import { injectDecision, type NotRedirected } from "./pod-policy-inject.ts";
import {
	keysElsewhere,
	misspeltInject,
	misspeltLinkerdKeys,
	unheardLinkerdKeys,
	unknownConfigKeys,
} from "./pod-policy-misspelled.ts";
import { type PodSettings, readPolicy, readSettings } from "./pod-policy-settings.ts";
import type { RedirectPolicy } from "./redirect-policy.ts";

/** What holds for a pod that says nothing. */
export interface PodPolicyDefaults {
	/** Its inbound `portsToIgnore` are those that an annotation can replace. */
	readonly policy: RedirectPolicy;
	/** The proxy's own servers: never redirected, whatever an annotation says. Absent where nobody knows them. */
	readonly controlPort: Port | undefined;
	readonly adminPort: Port | undefined;
	/** Further inbound ports that are never redirected, such as those of a configuration that does not tell which is which. */
	readonly reservedPorts?: readonly PortRange[];
}

interface PodPolicyRequest {
	readonly defaults: PodPolicyDefaults;
	readonly namespace: Annotations | undefined;
	readonly pod: Annotations;
	/** The webhook leaves such a pod alone; `shunt inject` was told to take it. */
	readonly whenUnannotated: "redirect" | "skip";
}

/** What becomes of a pod. "No" always carries its reason. */
export type PodPolicy =
	| {
			readonly kind: "redirect";
			readonly policy: RedirectPolicy;
			readonly settings: PodSettings;
			/** What is read by nobody, as far as is known. */
			readonly warnings: readonly string[];
	  }
	| NotRedirected
	| { readonly kind: "refused"; readonly problems: readonly Problem[] };

/**
 * Defaults, then the namespace's annotations, then the pod's. This is the only place where annotations become a
 * policy: the webhook, the command line, the CNI plugin and `shunt explain` all ask here.
 */
export function resolvePodPolicy({ defaults, namespace, pod, whenUnannotated }: PodPolicyRequest): PodPolicy {
	const scopes = scopesOf(namespace, pod);
	const misspelt = scopes.flatMap(misspeltInject);
	if (misspelt.length > 0) {
		return { kind: "refused", problems: misspelt };
	}
	const decision = injectDecision(scopes, whenUnannotated);
	if (decision.kind !== "redirect") {
		return decision;
	}
	const values = new AnnotationValues(scopes);
	const settings = readSettings(values, defaults);
	const policy = readPolicy(values, defaults, settings);
	const problems = [
		...scopes.flatMap(unknownConfigKeys),
		...scopes.flatMap(misspeltLinkerdKeys),
		...scopes.flatMap(keysElsewhere),
		...values.problems,
		...(values.problems.length === 0 ? sharedPorts(policy, settings) : []),
	];
	return problems.length > 0
		? { kind: "refused", problems }
		: { kind: "redirect", policy, settings, warnings: scopes.flatMap(unheardLinkerdKeys) };
}

/** Two of the proxy's servers cannot have one port. */
function sharedPorts({ inbound, outbound }: RedirectPolicy, settings: PodSettings): Problem[] {
	const ports = [
		["inbound-port", inbound.proxyPort],
		["outbound-port", outbound.proxyPort],
		["admin-port", settings.adminPort],
		["control-port", settings.controlPort],
	] as const;
	return ports.flatMap(([name, port], index) => {
		const [other] = ports.slice(0, index).find(([, earlier]) => earlier === port) ?? [];
		return other === undefined || port === undefined
			? []
			: [
					{
						source: name,
						value: `${port}`,
						complaint: `is the ${other} too`,
						accepted: "a port of its own for each of the proxy's servers",
					},
				];
	});
}
