import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type Container, containerConfig } from "./container-config.ts";
import { readContainerLog, terminationMessage } from "./container-log.ts";
import { eventually } from "./eventually.ts";
import { podNamespaces } from "./kubelet-defaults.ts";
import type { Machine } from "./machine.ts";
import type { ContainerConfig, Mount, PodSandboxConfig } from "./messages.ts";

/** A pod sandbox, and the containers that a test starts in it, one after the other as a kubelet does. */
export interface Pod {
	readonly addresses: { readonly ipv4: string; readonly ipv6: string };
	/** A fresh folder that any user may write to, as `emptyDir: {}` is. */
	emptyDir(containerPath: string): Mount;
	/** Starts a container and waits for its end, as for an init container. */
	run(container: Container): Promise<Ended>;
	start(container: Container): Promise<Running>;
	/** The same for a container that is described as the runtime wants it. */
	launch(name: string, config: LaunchConfig): Promise<Launched>;
	remove(): Promise<void>;
}

export type LaunchConfig = Omit<ContainerConfig, "metadata" | "log_path">;

export interface Ended {
	readonly exitCode: number;
	readonly log: readonly string[];
	/** What `kubectl describe pod` would show. */
	readonly message: string;
}

export interface Running {
	log(): string[];
	/** Runs a program inside, as `kubectl exec` does; answers what it printed, and throws when it fails. */
	exec(...command: readonly string[]): Promise<string>;
}

export interface Launched extends Running {
	readonly name: string;
	/** Undefined while it runs. */
	ended(): Promise<Death | undefined>;
	/** Asks it to end, and waits until it has; after so many seconds it is killed. */
	stop(graceSeconds: number): Promise<Death>;
}

export interface Death {
	readonly exitCode: number;
	/** Nanoseconds since 1970. */
	readonly at: number;
}

export async function startPod(
	machine: Machine,
	name: string,
	annotations: Readonly<Record<string, string>> = {},
): Promise<Pod> {
	const { cri } = machine;
	const config = { ...podConfig(machine, `${name}-${randomBytes(3).toString("hex")}`), annotations };
	mkdirSync(config.log_directory, { recursive: true });
	const { pod_sandbox_id } = await cri.call("RunPodSandbox", { config });
	const { status } = await cri.call("PodSandboxStatus", { pod_sandbox_id });
	const addresses = [status.network.ip, ...status.network.additional_ips.map(({ ip }) => ip)];

	let attempt = 0;
	const launch = async (name: string, launchConfig: LaunchConfig): Promise<Launched> => {
		// A runtime wants the pair to be new, and so kubelets count.
		const metadata = { name, attempt: attempt++ };
		const logPath = `${metadata.name}-${metadata.attempt}.log`;
		const { container_id } = await cri.call("CreateContainer", {
			pod_sandbox_id,
			config: { ...launchConfig, metadata, log_path: logPath },
			sandbox_config: config,
		});
		await cri.call("StartContainer", { container_id });
		const ended = async () => {
			const { status } = await cri.call("ContainerStatus", { container_id });
			return status.state === "CONTAINER_EXITED"
				? { exitCode: status.exit_code, at: status.finished_at }
				: undefined;
		};
		return {
			name,
			log: () => readContainerLog(join(config.log_directory, logPath)),
			exec: async (...cmd) => {
				const done = await cri.call("ExecSync", { container_id, cmd, timeout: 30 });
				if (done.exit_code !== 0) {
					throw new Error(`${cmd.join(" ")}: exit status ${done.exit_code}: ${done.stderr}`);
				}
				return done.stdout.toString();
			},
			ended,
			stop: async (graceSeconds) => {
				await cri.call("StopContainer", { container_id, timeout: graceSeconds });
				return eventually(`the end of ${name}`, ended);
			},
		};
	};
	const start = (container: Container) => launch(container.name, containerConfig(container));

	return {
		addresses: {
			ipv4: addresses.find((address) => !address.includes(":")) ?? "",
			ipv6: addresses.find((address) => address.includes(":")) ?? "",
		},
		emptyDir: (container_path) => {
			const host_path = mkdtempSync(join(config.log_directory, "volume-"));
			chmodSync(host_path, 0o777);
			return { container_path, host_path };
		},
		start,
		launch,
		run: async (container) => {
			const { log, ended } = await start(container);
			const { exitCode } = await eventually(`the end of ${container.name}`, ended);
			return { exitCode, log: log(), message: exitCode === 0 ? "" : terminationMessage(log()) };
		},
		remove: async () => {
			await cri.call("StopPodSandbox", { pod_sandbox_id });
			await cri.call("RemovePodSandbox", { pod_sandbox_id });
		},
	};
}

/** Hands a fresh pod to `use` and removes it afterwards, also when `use` fails. */
export async function withPod<T>(machine: Machine, name: string, use: (pod: Pod) => Promise<T>): Promise<T> {
	const pod = await startPod(machine, name);
	try {
		return await use(pod);
	} finally {
		await pod.remove();
	}
}

function podConfig({ folder, cgroup }: Machine, name: string): PodSandboxConfig {
	return {
		metadata: { name, uid: name, namespace: "default" },
		hostname: name,
		log_directory: join(folder, "pods", name),
		linux: {
			cgroup_parent: `${cgroup}/${name}`,
			security_context: { namespace_options: podNamespaces, seccomp: { profile_type: "RuntimeDefault" } },
		},
	};
}
