import { callPlugin, inputFor, meshed } from "../../support/cni/cni-call.ts";
import type { AgentNode, PodParts } from "./agent-node.ts";
import type { AgentProcess, ProcessSettings } from "./agent-process.ts";

/** The metric of how many meshed pods' rules stand so. */
export const rulesMetric = (word: "intact" | "drifted" | "unknown") =>
	`shunt_agent_meshed_pods{rules="${word}"}`;

/** Meshed pods of a node that have network namespaces, in which the plugin has made their rules; and an agent that mends them. */
export class RepairedPods {
	readonly #node: AgentNode;
	#addresses = 0;

	constructor(node: AgentNode) {
		this.#node = node;
	}

	start({ flags = [], prefix = [] }: ProcessSettings = {}): Promise<AgentProcess> {
		return this.#node.start({ flags: ["--repair", "--repair-interval", "300ms", ...flags], prefix });
	}

	/** A pod without a network namespace; `more` is merged over what it is. */
	put(name: string, { metadata = {}, spec = {}, status = {} }: PodParts = {}): void {
		this.#addresses += 1;
		const podIPs = [{ ip: this.#address(this.#addresses) }];
		this.#node.putPod(name, {
			metadata: { annotations: meshed, ...metadata },
			spec,
			status: { phase: "Running", podIPs, ...status },
		});
	}

	/** The pod, and what the runtime made for it; with its rules unless `mode` is `none`. Answers with its namespace's path. */
	run(name: string, { mode = "nft", ...more }: PodParts & { mode?: string } = {}): string {
		const path = this.#node.namespaces.make(name, this.#address(this.#addresses + 1));
		if (mode !== "none") {
			this.add(name, mode);
		}
		this.put(name, more);
		return path;
	}

	/** As the runtime has the plugin make a pod's rules. */
	add(name: string, mode: string): void {
		const { status, stderr } = this.#call("ADD", name, mode);
		if (status !== 0) {
			throw new Error(`ADD: ${stderr}`);
		}
	}

	isIntact(name: string, mode = "nft"): boolean {
		return this.#call("CHECK", name, mode).status === 0;
	}

	/** All rules in the pod's namespace, with what tells them from equal ones made later. */
	rulesIn(name: string): string {
		return this.#node.namespaces.run(name, "nft", ["--handle", "list", "ruleset"]);
	}

	#call(command: string, name: string, mode: string) {
		const { namespaces, xtablesLock } = this.#node;
		const env = { XTABLES_LOCKFILE: xtablesLock };
		return callPlugin({ command, netns: namespaces.path(name), input: inputFor(meshed, { mode }), env });
	}

	#address(number: number): string {
		return `10.77.${number >> 7}.${(number % 128) + 1}`;
	}
}

export async function untilMetric(agent: AgentProcess, name: string, value: number): Promise<void> {
	const deadline = performance.now() + 60_000;
	for (;;) {
		// Whoever keeps a connection may find it closed by the other side.
		const found = await agent.metric(name).catch(() => Number.NaN);
		if (found === value) {
			return;
		}
		if (performance.now() > deadline) {
			throw new Error(`${name} is ${found}, not ${value}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
