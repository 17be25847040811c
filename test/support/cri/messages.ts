/** What the calls of runtime.proto take and answer, as far as the tests use it. Fields that are left out are defaults. */
export interface Messages {
	Status: {
		request: { verbose?: boolean };
		response: {
			status: { conditions: { type: string; status: boolean; message: string }[] };
			/** JSON texts; containerd's `cniconfig` has the lists that it has loaded. */
			info: Readonly<Record<string, string>>;
		};
	};
	ImageStatus: {
		request: { image: { image: string } };
		response: { image: { id: string; size: number } | null };
	};
	RunPodSandbox: { request: { config: PodSandboxConfig }; response: { pod_sandbox_id: string } };
	PodSandboxStatus: {
		request: { pod_sandbox_id: string };
		response: { status: { network: { ip: string; additional_ips: { ip: string }[] } } };
	};
	StopPodSandbox: { request: { pod_sandbox_id: string }; response: object };
	RemovePodSandbox: { request: { pod_sandbox_id: string }; response: object };
	CreateContainer: {
		request: { pod_sandbox_id: string; config: ContainerConfig; sandbox_config: PodSandboxConfig };
		response: { container_id: string };
	};
	StartContainer: { request: { container_id: string }; response: object };
	/** SIGTERM, and after so many seconds SIGKILL. */
	StopContainer: { request: { container_id: string; timeout: number }; response: object };
	ContainerStatus: {
		request: { container_id: string };
		response: {
			status: {
				state: ContainerState;
				/** Nanoseconds since 1970. */
				finished_at: number;
				exit_code: number;
				reason: string;
				message: string;
			};
		};
	};
	ExecSync: {
		request: { container_id: string; cmd: readonly string[]; timeout: number };
		response: { stdout: Buffer; stderr: Buffer; exit_code: number };
	};
}

export type ContainerState =
	| "CONTAINER_CREATED"
	| "CONTAINER_RUNNING"
	| "CONTAINER_EXITED"
	| "CONTAINER_UNKNOWN";

type NamespaceMode = "POD" | "CONTAINER" | "NODE";

interface NamespaceOption {
	readonly network: NamespaceMode;
	readonly pid: NamespaceMode;
	readonly ipc: NamespaceMode;
}

interface SecurityProfile {
	readonly profile_type: "RuntimeDefault" | "Unconfined";
}

export interface PodSandboxConfig {
	readonly metadata: { readonly name: string; readonly uid: string; readonly namespace: string };
	readonly hostname: string;
	readonly log_directory: string;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly linux: {
		readonly cgroup_parent: string;
		readonly security_context: {
			readonly namespace_options: NamespaceOption;
			readonly seccomp: SecurityProfile;
		};
	};
}

export interface Mount {
	readonly container_path: string;
	readonly host_path: string;
	readonly readonly?: boolean;
}

export interface ContainerConfig {
	readonly metadata: { readonly name: string; readonly attempt: number };
	readonly image: { readonly image: string };
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly working_dir?: string;
	readonly envs?: readonly { readonly key: string; readonly value: string }[];
	readonly mounts?: readonly Mount[];
	readonly log_path: string;
	readonly linux: {
		readonly resources: LinuxContainerResources;
		readonly security_context: LinuxContainerSecurityContext;
	};
}

export interface LinuxContainerResources {
	readonly oom_score_adj: number;
	readonly cpu_shares?: number;
	/** Microseconds of a processor in each period, also in microseconds. */
	readonly cpu_quota?: number;
	readonly cpu_period?: number;
	readonly memory_limit_in_bytes?: number;
}

export interface LinuxContainerSecurityContext {
	readonly capabilities: {
		readonly add_capabilities: readonly string[];
		readonly drop_capabilities: readonly string[];
	};
	readonly privileged?: boolean;
	readonly namespace_options: NamespaceOption;
	/** The image's where absent. */
	readonly run_as_user?: { readonly value: number };
	readonly run_as_group?: { readonly value: number };
	readonly readonly_rootfs: boolean;
	readonly no_new_privs: boolean;
	readonly masked_paths: readonly string[];
	readonly readonly_paths: readonly string[];
	readonly seccomp: SecurityProfile;
}
