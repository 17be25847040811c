import type { Problem } from "../domain/problem.ts";
import { configPrefix } from "../policy/annotation-keys.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import type { PodSettings } from "../policy/pod-policy-settings.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { InjectConfig } from "./config.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";

/** Everything that is decided about one pod before anything is added to it. */
export interface Redirection {
	readonly config: InjectConfig;
	readonly policy: RedirectPolicy;
	readonly settings: PodSettings;
	readonly set: Readonly<Record<string, string>>;
}

export function isNativeSidecar({ config, settings }: Redirection): boolean {
	return settings.nativeSidecar ?? config.proxy.nativeSidecar;
}

export function closeWaitOf({ config, settings }: Redirection): number {
	return settings.closeWaitSeconds ?? config.init.closeWaitSeconds;
}

/** The init container's lock file needs a volume; with the CNI plugin there is no such container. */
export function volumeOf({ config }: Redirection): string | undefined {
	return config.cniEnabled ? undefined : config.init.xtMountPath.name;
}

/** What stands between this very pod and its redirection. */
export function redirectionProblems(pod: JsonObject, redirection: Redirection): Problem[] {
	return [...volumeClash(pod, redirection), ...closeWaitWithoutRoot(redirection)];
}

function volumeClash(pod: JsonObject, redirection: Redirection): Problem[] {
	const volume = volumeOf(redirection);
	const volumes = objectsAt(objectAt(pod, "spec"), "volumes");
	return volume !== undefined && volumes.some((other) => textAt(other, "name") === volume)
		? [
				{
					source: "spec.volumes",
					value: volume,
					complaint: "is the name that the injected volume has",
					accepted: "another name, here or in proxyInit.xtMountPath.name",
				},
			]
		: [];
}

/** The timeout is a sysctl, and only root may write those. */
function closeWaitWithoutRoot(redirection: Redirection): Problem[] {
	const { init, cniEnabled } = redirection.config;
	return closeWaitOf(redirection) > 0 && !init.runAsRoot && !cniEnabled
		? [
				{
					source: `annotation ${configPrefix}close-wait-timeout`,
					value: `${closeWaitOf(redirection)}s`,
					complaint: "cannot be set by an init container that is not root",
					accepted: "proxyInit.runAsRoot: true in the configuration",
				},
			]
		: [];
}

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
