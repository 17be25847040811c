import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import type { InjectConfig } from "./config.ts";
import { type JsonObject, objectAt, textAt } from "./json.ts";

const controlPlaneLabels = ["shunt.dev/control-plane-component", "linkerd.io/control-plane-component"];

/**
 * A control plane's own pods have to reach the API server before any proxy can carry them there, so they ignore its
 * ports instead of the usual ones.
 */
export function defaultsFor(
	pod: JsonObject,
	{ defaults, kubeApiServerPorts }: InjectConfig,
): PodPolicyDefaults {
	const labels = objectAt(objectAt(pod, "metadata"), "labels");
	const isControlPlane = controlPlaneLabels.some((label) => (textAt(labels, label) ?? "") !== "");
	const { policy } = defaults;
	return isControlPlane
		? {
				...defaults,
				policy: { ...policy, outbound: { ...policy.outbound, portsToIgnore: kubeApiServerPorts } },
			}
		: defaults;
}
