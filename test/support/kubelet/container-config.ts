import { bestEffort, maskedPaths, podNamespaces, readonlyPaths } from "../cri/kubelet-defaults.ts";
import type { LinuxContainerResources, LinuxContainerSecurityContext, Mount } from "../cri/messages.ts";
import type { LaunchConfig } from "../cri/pod.ts";
import { fieldOf } from "./downward.ts";
import { expand } from "./expand.ts";
import type { ContainerSecurity, ContainerSpec, PodManifest, PodSecurity } from "./pod-spec.ts";

/** What a kubelet knows of a pod when it starts its containers. */
export interface PodContext {
	readonly pod: PodManifest;
	readonly ip: string;
	/** Folders on the machine, by the volumes' names. */
	readonly volumes: ReadonlyMap<string, string>;
}

/** A container of a pod's specification, as a kubelet words it for the runtime. */
export function toRuntime(container: ContainerSpec, context: PodContext): LaunchConfig {
	const { image, command, args, workingDir, securityContext = {} } = container;
	const variables = environment(container, context);
	const expanded = (texts: readonly string[]) => texts.map((text) => expand(text, variables));
	return {
		image: { image },
		...(command === undefined ? {} : { command: expanded(command) }),
		...(args === undefined ? {} : { args: expanded(args) }),
		...(workingDir === undefined ? {} : { working_dir: workingDir }),
		envs: [...variables].map(([key, value]) => ({ key, value })),
		mounts: (container.volumeMounts ?? []).map((mount) => mountOf(mount, context)),
		linux: {
			resources: resourcesOf(container),
			security_context: security(container.name, securityContext, context.pod.spec.securityContext),
		},
	};
}

/** As a kubelet has it (milliCPUToShares and milliCPUToQuota in pkg/kubelet/cm/helpers_linux.go). */
function resourcesOf({
	resources: { requests = {}, limits = {} } = {},
}: ContainerSpec): LinuxContainerResources {
	const cpu = requests["cpu"] ?? limits["cpu"];
	return {
		...bestEffort,
		...(cpu === undefined ? {} : { cpu_shares: Math.max(2, Math.floor(milliCpu(cpu) * 1.024)) }),
		...(limits["cpu"] === undefined
			? {}
			: { cpu_period: 100_000, cpu_quota: Math.max(1000, milliCpu(limits["cpu"]) * 100) }),
		...(limits["memory"] === undefined ? {} : { memory_limit_in_bytes: bytes(limits["memory"]) }),
	};
}

/** `100m` or `0.5`. */
function milliCpu(quantity: string): number {
	return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}

/** `64Mi`, which is all that the tests have. */
function bytes(quantity: string): number {
	if (!quantity.endsWith("Mi")) {
		throw new Error(`the tests' kubelet does not know the quantity ${quantity}`);
	}
	return Number(quantity.slice(0, -2)) * 1024 * 1024;
}

function environment({ env = [] }: ContainerSpec, { pod, ip }: PodContext): Map<string, string> {
	return new Map(
		env.map(({ name, value, valueFrom }) => [
			name,
			valueFrom === undefined ? (value ?? "") : fieldOf(pod, ip, valueFrom.fieldRef.fieldPath),
		]),
	);
}

type VolumeMount = NonNullable<ContainerSpec["volumeMounts"]>[number];

function mountOf({ name, mountPath, readOnly }: VolumeMount, { volumes }: PodContext): Mount {
	const host_path = volumes.get(name);
	if (host_path === undefined) {
		throw new Error(`the pod has no volume ${name}`);
	}
	return { container_path: mountPath, host_path, readonly: readOnly === true };
}

/** What the container says counts before what the pod says. */
function security(
	name: string,
	container: ContainerSecurity,
	pod: PodSecurity = {},
): LinuxContainerSecurityContext {
	const merged: ContainerSecurity = { ...pod, ...container };
	const { runAsUser, runAsGroup, runAsNonRoot, privileged = false, capabilities = {} } = merged;
	if (runAsNonRoot === true && (runAsUser === undefined || runAsUser === 0)) {
		// A kubelet asks the image in the first case; the tests say it outright.
		throw new Error(`${name} has runAsNonRoot, and its user is ${runAsUser ?? "not stated"}`);
	}
	return {
		privileged,
		capabilities: {
			add_capabilities: capabilities.add ?? [],
			drop_capabilities: capabilities.drop ?? [],
		},
		namespace_options: podNamespaces,
		...(runAsUser === undefined ? {} : { run_as_user: { value: runAsUser } }),
		...(runAsGroup === undefined ? {} : { run_as_group: { value: runAsGroup } }),
		readonly_rootfs: merged.readOnlyRootFilesystem === true,
		no_new_privs: merged.allowPrivilegeEscalation === false,
		masked_paths: privileged ? [] : maskedPaths,
		readonly_paths: privileged ? [] : readonlyPaths,
		seccomp: { profile_type: merged.seccompProfile?.type ?? "Unconfined" },
	};
}
