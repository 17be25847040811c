import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../../support/api-server/api-server.ts";
import { AgentProcess, type ProcessSettings } from "./agent-process.ts";
import { bridgeList, NodeFolders } from "./node-folders.ts";
import { RuntimeNamespaces } from "./runtime-namespaces.ts";

/** What a pod is besides having a name and being on the node. */
export interface PodParts {
	readonly metadata?: object;
	readonly spec?: object;
	readonly status?: object;
}

/** A node that has a network, an API server that knows the node as `here`, and the agents that are started there. */
export class AgentNode {
	readonly folders = new NodeFolders();
	/** The pods' that have one. */
	readonly namespaces = new RuntimeNamespaces();
	readonly api: ApiServer;
	/** The node's own: what else the machine does is nothing to it. */
	readonly xtablesLock = join(this.folders.root, "xtables.lock");
	readonly #agents: AgentProcess[] = [];

	private constructor(api: ApiServer) {
		this.api = api;
		writeFileSync(join(this.folders.root, "kubeconfig"), api.kubeconfig);
		this.folders.write("10-a.conflist", bridgeList);
	}

	static async make(): Promise<AgentNode> {
		return new AgentNode(await ApiServer.start());
	}

	/** The `shunt` part of the plugin's configuration. */
	configure(shunt: object): void {
		writeFileSync(this.folders.config, JSON.stringify({ shunt: { runDir: this.folders.runDir, ...shunt } }));
	}

	/** Answers when the agent has looked for the first time. */
	async start({ flags = [], prefix = [] }: ProcessSettings = {}): Promise<AgentProcess> {
		const own = ["--node", "here", "--kubeconfig", join(this.folders.root, "kubeconfig")];
		const agent = await AgentProcess.start(this.folders, {
			flags: [...own, "--netns-dir", this.namespaces.folder, ...flags],
			prefix: ["env", `XTABLES_LOCKFILE=${this.xtablesLock}`, ...prefix],
		});
		this.#agents.push(agent);
		return agent;
	}

	/** Creates or changes a pod of the node, in the namespace `shop`, and answers with its uid. */
	putPod(name: string, { metadata = {}, spec = {}, status = {} }: PodParts = {}): string {
		const pod = this.api.store.put("v1/pods", {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name, namespace: "shop", ...metadata },
			spec: { nodeName: "here", containers: [{ name: "app" }], ...spec },
			status,
		});
		return pod.metadata.uid ?? "";
	}

	/** Ends the agents and takes everything away. */
	async remove(): Promise<void> {
		await Promise.all(this.#agents.splice(0).map((agent) => agent.stop()));
		await this.api.stop();
		this.namespaces.remove();
		this.folders.remove();
	}
}
