import type { PodManifest } from "./pod-spec.ts";

/**
 * What the tests' kubelet carries out, and what makes no difference here: there is one restart policy, nobody pulls
 * images, ports are documentation, and no test lasts long enough for a liveness probe to matter.
 */
const known = {
	pod: [
		"initContainers",
		"containers",
		"volumes",
		"securityContext",
		"terminationGracePeriodSeconds",
		"restartPolicy",
	],
	container: [
		...["name", "image", "imagePullPolicy", "command", "args", "workingDir", "env", "volumeMounts"],
		...["securityContext", "resources", "restartPolicy", "startupProbe", "readinessProbe", "livenessProbe"],
		...["ports", "terminationMessagePolicy"],
	],
	security: [
		...["runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile"],
		...["allowPrivilegeEscalation", "capabilities", "privileged", "readOnlyRootFilesystem"],
	],
	volume: ["name", "emptyDir", "configMap", "downwardAPI"],
	probe: ["httpGet", "exec", "periodSeconds", "failureThreshold", "initialDelaySeconds"],
} as const;

/** Throws where a pod asks for something that would not be done, so that no test takes it for done. */
export function refuseUnknown({ spec }: PodManifest): void {
	check("pod", spec);
	check("security", spec.securityContext);
	for (const volume of spec.volumes ?? []) {
		check("volume", volume);
	}
	for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
		check("container", container);
		check("security", container.securityContext);
		check("probe", container.startupProbe);
		check("probe", container.readinessProbe);
	}
}

function check(kind: keyof typeof known, object: object = {}): void {
	const names: readonly string[] = known[kind];
	const strange = Object.keys(object).filter((key) => !names.includes(key));
	if (strange.length > 0) {
		throw new Error(`the tests' kubelet does not know ${strange.join(", ")} of a ${kind}`);
	}
}
