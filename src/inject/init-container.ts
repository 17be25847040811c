import type { ContainerResources } from "../policy/container-resources.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { InjectConfig } from "./config.ts";
import { imageFields } from "./image-fields.ts";
import { initArgs } from "./init-args.ts";
import type { JsonObject } from "./json.ts";
import { containerNames, shuntProgram } from "./names.ts";
import { resourceFields } from "./resource-fields.ts";
import { initSecurityContext } from "./security-context.ts";

/** Programs the pod's rules and ends. */
export function initContainer(
	policy: RedirectPolicy,
	config: InjectConfig,
	{
		closeWaitSeconds,
		resources,
	}: { readonly closeWaitSeconds: number; readonly resources: ContainerResources },
): JsonObject {
	return {
		name: containerNames.init,
		...imageFields(config.init.image),
		command: [shuntProgram, "init"],
		args: initArgs(policy, config, closeWaitSeconds),
		...resourceFields(resources),
		securityContext: initSecurityContext(config.init, closeWaitSeconds),
		// So that `kubectl describe pod` shows the reason of a failure.
		terminationMessagePolicy: "FallbackToLogsOnError",
		volumeMounts: [{ name: config.init.xtMountPath.name, mountPath: config.init.xtMountPath.mountPath }],
	};
}

/** iptables writes its lock file below /run, and the container's own file system is read-only. */
export function initVolume({ init }: InjectConfig): JsonObject {
	return { name: init.xtMountPath.name, emptyDir: {} };
}
