import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { terminationMessage } from "../cri/container-log.ts";
import { eventually } from "../cri/eventually.ts";
import type { Machine } from "../cri/machine.ts";
import { type Death, type Launched, type Pod, startPod } from "../cri/pod.ts";
import type { TrafficActor } from "../traffic-actor.ts";
import { type PodContext, toRuntime } from "./container-config.ts";
import type { ContainerSpec, PodManifest } from "./pod-spec.ts";
import { untilProbeSucceeds } from "./probe.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { type ConfigMaps, makeVolumes } from "./volumes.ts";

/** Where pods are started, and who probes them from there. */
export interface Node {
	readonly machine: Machine;
	readonly actor: TrafficActor;
}

/** A pod whose containers were started in the order in which a kubelet starts them, and are all ready. */
export interface RunningPod {
	readonly addresses: Pod["addresses"];
	/** Those that ended, the init containers, included. */
	container(name: string): Launched;
	/** Ends all containers as a kubelet does: sidecars after the others, the last one first. */
	terminate(): Promise<ReadonlyMap<string, Death>>;
	remove(): Promise<void>;
}

/** An init container that did not succeed. Kubernetes would show the message, and start it again. */
export class InitContainerFailed extends Error {
	readonly container: string;
	readonly exitCode: number;
	readonly terminationMessage: string;

	constructor(container: string, exitCode: number, message: string) {
		super(`init container ${container} ended with ${exitCode}: ${message}`);
		this.container = container;
		this.exitCode = exitCode;
		this.terminationMessage = message;
	}
}

/** `beforeContainers` is for whoever works on a node before kubelets start containers: a CNI plugin. */
export async function runPod(
	node: Node,
	manifest: PodManifest,
	configMaps: ConfigMaps,
	beforeContainers: (pod: Pod) => Promise<void> = async () => undefined,
): Promise<RunningPod> {
	refuseUnknown(manifest);
	const { metadata } = manifest;
	const pod = await startPod(node.machine, metadata.name, metadata.annotations);
	try {
		await beforeContainers(pod);
		return await runContainers(node, pod, manifest, configMaps);
	} catch (error) {
		await pod.remove();
		throw error;
	}
}

async function runContainers(
	{ machine, actor }: Node,
	sandbox: Pod,
	pod: PodManifest,
	configMaps: ConfigMaps,
): Promise<RunningPod> {
	const ip = sandbox.addresses.ipv4;
	const folder = mkdtempSync(join(machine.folder, "volumes-"));
	const context: PodContext = { pod, ip, volumes: makeVolumes({ pod, ip, configMaps, folder }) };
	const launched = new Map<string, Launched>();
	const launch = async (spec: ContainerSpec) => {
		const container = await sandbox.launch(spec.name, toRuntime(spec, context));
		launched.set(spec.name, container);
		return container;
	};
	const probed = async (
		{ name, startupProbe, readinessProbe }: ContainerSpec,
		kind: "startup" | "readiness",
	) => {
		const probe = kind === "startup" ? startupProbe : readinessProbe;
		const container = launched.get(name);
		if (probe !== undefined && container !== undefined) {
			await untilProbeSucceeds(container, probe, { ip, machine: actor });
		}
	};
	const { initContainers = [], containers } = pod.spec;
	const sidecars = initContainers.filter(isSidecar);

	for (const spec of initContainers) {
		const container = await launch(spec);
		// The next one waits for the end of this one, or for its start when it is to stay (KEP-753).
		await (isSidecar(spec) ? probed(spec, "startup") : succeeded(container));
	}
	for (const spec of containers) {
		await launch(spec);
		await probed(spec, "startup");
	}
	for (const spec of [...sidecars, ...containers]) {
		await probed(spec, "readiness");
	}

	const named = (name: string) => {
		const container = launched.get(name);
		if (container === undefined) {
			throw new Error(`the pod has no container ${name}`);
		}
		return container;
	};
	return {
		addresses: sandbox.addresses,
		container: named,
		terminate: () =>
			terminate(
				containers.map(({ name }) => named(name)),
				sidecars.map(({ name }) => named(name)),
				pod.spec.terminationGracePeriodSeconds ?? 30,
			),
		remove: sandbox.remove,
	};
}

function isSidecar({ restartPolicy }: ContainerSpec): boolean {
	return restartPolicy === "Always";
}

async function succeeded(container: Launched): Promise<void> {
	const { exitCode } = await eventually(`the end of ${container.name}`, container.ended);
	if (exitCode !== 0) {
		throw new InitContainerFailed(container.name, exitCode, terminationMessage(container.log()));
	}
}

async function terminate(
	containers: readonly Launched[],
	sidecars: readonly Launched[],
	graceSeconds: number,
): Promise<Map<string, Death>> {
	const deaths = new Map<string, Death>();
	const stop = async (container: Launched) => {
		deaths.set(container.name, await container.stop(graceSeconds));
	};
	await Promise.all(containers.map(stop));
	for (const sidecar of sidecars.toReversed()) {
		await stop(sidecar);
	}
	return deaths;
}
