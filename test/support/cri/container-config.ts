import { bestEffort, maskedPaths, podNamespaces, readonlyPaths } from "./kubelet-defaults.ts";
import type { ContainerConfig, Mount } from "./messages.ts";

/** A container of a pod, as far as pods of the tests differ. */
export interface Container {
	readonly name: string;
	readonly image: string;
	/** In place of the image's entry point. */
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly user: number;
	/** Added after all have been dropped. */
	readonly capabilities?: readonly string[];
	readonly mounts?: readonly Mount[];
	/** `allowPrivilegeEscalation: true` */
	readonly mayGainPrivileges?: boolean;
}

/**
 * As a kubelet asks for it when the pod says `capabilities: {drop: [ALL]}`, `allowPrivilegeEscalation: false`,
 * `readOnlyRootFilesystem: true`, `seccompProfile: {type: RuntimeDefault}`: the `restricted` pod security standard.
 */
export function containerConfig(container: Container): Omit<ContainerConfig, "metadata" | "log_path"> {
	const { image, command, args, user, capabilities = [], mounts = [] } = container;
	return {
		image: { image },
		...(command === undefined ? {} : { command }),
		...(args === undefined ? {} : { args }),
		mounts,
		linux: {
			resources: bestEffort,
			security_context: {
				capabilities: { add_capabilities: capabilities, drop_capabilities: ["ALL"] },
				namespace_options: podNamespaces,
				run_as_user: { value: user },
				run_as_group: { value: user },
				readonly_rootfs: true,
				no_new_privs: container.mayGainPrivileges !== true,
				masked_paths: maskedPaths,
				readonly_paths: readonlyPaths,
				seccomp: { profile_type: "RuntimeDefault" },
			},
		},
	};
}
