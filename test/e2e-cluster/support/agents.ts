import { existsSync } from "node:fs";
import { expect } from "vitest";
import { raw } from "./api.ts";
import { becomes, foreign, get, kubectl, registry, run, succeed } from "./cluster.ts";
import { folderValues, nodeFolders } from "./node-folders.ts";
import { killContainer } from "./parts.ts";
import type { Value } from "./release.ts";

const values = [...(registry === "" ? [] : [`imageRegistry=${registry}`]), ...folderValues];

function manifests(more: readonly Value[]): Promise<string> {
	return succeed("shunt", ["install-cni", ...[...values, ...more].flatMap((value) => ["--set", value])]);
}

/** `shunt install-cni | kubectl apply -f -`, on its own, as far as the agents may be kept from being ready. */
export async function applyAgents(...more: readonly Value[]): Promise<void> {
	await succeed("kubectl", ["apply", "-f", "-"], await manifests(more));
}

/** The same, and until every node has the plugin. */
export async function installAgents(...more: readonly Value[]): Promise<void> {
	await applyAgents(...more);
	await agentsSettled();
}

export async function agentsSettled(): Promise<void> {
	await kubectl("rollout", "status", "daemonset/shunt-cni", "-n", "shunt-cni", "--timeout=180s");
}

/** Out of every node first, and then out of the cluster. */
export async function removeAgents(): Promise<void> {
	await installAgents("uninstall=true");
	// The program goes ten seconds after its entry (docs/agent.md), and the agent is needed for that.
	await becomes(
		async () => (foreign === undefined ? existsSync(`${nodeFolders.binDir}/shunt-cni`) : false),
		(isThere) => !isThere,
		60,
	);
	await succeed("kubectl", ["delete", "-f", "-", "--timeout=120s"], await manifests([]));
	await kubectl("wait", "--for=delete", "namespace/shunt-cni", "--timeout=90s");
}

/** What the agent has written; nothing as long as its container has not started. */
export async function agentLogs(): Promise<string> {
	return (await run("kubectl", ["logs", "-n", "shunt-cni", "daemonset/shunt-cni", "--all-containers"]))
		.stdout;
}

interface AgentContainer {
	readonly containerID?: string;
	readonly restartCount: number;
	/** One of `running`, `waiting`, `terminated`. */
	readonly state: Readonly<Record<string, object>>;
}

interface AgentPods {
	readonly items: readonly { readonly status: { readonly containerStatuses?: readonly AgentContainer[] } }[];
}

/**
 * Ends the agent's process without a word to anybody, each time that it comes back, until its kubelet leaves it out for a
 * while: the first time at once, then for 10 s and 20 s (CrashLoopBackOff). Answers how often it was started by then.
 */
export async function killAgentUntilAway(): Promise<number> {
	for (let kills = 0; kills < 3; kills++) {
		const { containerID, restartCount } = await becomes(agentContainer, ({ state }) => "running" in state);
		killContainer(containerID?.replace("containerd://", "") ?? "");
		await becomes(agentContainer, (now) => now.restartCount > restartCount || "waiting" in now.state);
	}
	const { state, restartCount } = await agentContainer();
	expect(state).toHaveProperty("waiting");
	return restartCount;
}

/** What the agent of the first node says to Prometheus. */
export async function agentMetrics(): Promise<string> {
	const { items } = await get<{ items: { metadata: { name: string } }[] }>("pods", "-n", "shunt-cni");
	return raw(`/api/v1/namespaces/shunt-cni/pods/${items[0]?.metadata.name}:9996/proxy/metrics`);
}

export async function agentRestarts(): Promise<number> {
	return (await agentContainer()).restartCount;
}

async function agentContainer(): Promise<AgentContainer> {
	const { items } = await get<AgentPods>("pods", "-n", "shunt-cni");
	const [status] = items[0]?.status.containerStatuses ?? [];
	return status ?? { restartCount: 0, state: {} };
}
