import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgentProcess } from "../test/agent/support/agent-process.ts";
import { bridgeList, NodeFolders } from "../test/agent/support/node-folders.ts";
import { RuntimeNamespaces } from "../test/agent/support/runtime-namespaces.ts";
import { ApiServer } from "../test/support/api-server/api-server.ts";
import { meshed } from "../test/support/cni/cni-call.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { percentile, summarize } from "./statistics.ts";

const podCount = 250;
const flushedCount = 50;
const newPods = 40;
const idleMs = 30_000;
/** USER_HZ, in which /proc counts. */
const ticksPerSecond = 100;

const variants = [
	{ title: "installs", flags: [] },
	{ title: "and `--watch-pods`", flags: ["--watch-pods"] },
	{ title: "and `--repair`, `--report-dialects`", flags: ["--watch-pods", "--repair", "--report-dialects"] },
] as const;

/** An agent on a node with as many meshed pods as a kubelet allows at most. */
export async function benchAgent(): Promise<string> {
	const node = await Node.make();
	try {
		const idle: string[][] = [];
		for (const { title, flags } of variants) {
			process.stderr.write(`agent: ${title}\n`);
			const agent = await node.start(flags);
			idle.push([title, ...(await node.idle(agent))]);
			await agent.stop();
		}
		const agent = await node.start(["--watch-pods", "--repair"]);
		await node.untilIntact(agent);
		const files = await node.timeFiles();
		const mending: number[] = [];
		for (let round = 0; round < 5; round++) {
			process.stderr.write(`agent: mending, round ${round + 1}\n`);
			mending.push(await node.timeMending(agent));
		}
		await agent.stop();
		return report(idle, files, { mending, first: node.firstMs });
	} finally {
		await node.remove();
	}
}

interface Mending {
	readonly mending: readonly number[];
	/** How long it took to make the rules of all pods, none of which had any. */
	readonly first: number;
}

function report(idle: readonly string[][], files: readonly number[], { mending, first }: Mending): string {
	const { median, max } = summarize(files);
	const mended = summarize(mending);
	return [
		"## The node's agent",
		`A node with ${podCount} meshed pods, each with a network namespace and rules of its own in mode nft, and a pretended API server.
Idle is half a minute in which nothing happens; processor time is the agent's own, of one core.`,
		formatTable(["", "resident MB", "% of a core", "requests meanwhile"], idle),
		`A new pod's file was there ${formatNumber(median)} ms after its event, at 99 % within ${formatNumber(percentile(files, 99))}, at most ${formatNumber(max)}, of ${newPods}.`,
		`The rules of ${flushedCount} pods, flushed one right after the other, were all back ${formatNumber(mended.median)} s after the last flush (${formatNumber(mended.min)}–${formatNumber(mended.max)}
in ${mending.length} rounds); looks are a second apart. An agent that met all ${podCount} pods without rules had made them after ${formatNumber(first / 1000)} s.`,
	].join("\n\n");
}

/** The node, its pods and the API server that knows them. */
class Node {
	/** See {@link Mending.first}; 0 until it was measured. */
	firstMs = 0;
	readonly #folders = new NodeFolders();
	readonly #namespaces = new RuntimeNamespaces();
	readonly #api: ApiServer;

	private constructor(api: ApiServer) {
		this.#api = api;
	}

	static async make(): Promise<Node> {
		const node = new Node(await ApiServer.start());
		node.#api.store.put("v1/nodes", { metadata: { name: "here" }, spec: {} });
		writeFileSync(join(node.#folders.root, "kubeconfig"), node.#api.kubeconfig);
		node.#folders.write("10-a.conflist", bridgeList);
		const shunt = { mode: "nft", runDir: node.#folders.runDir };
		writeFileSync(node.#folders.config, JSON.stringify({ shunt }));
		const native = fileURLToPath(new URL("../dist/native/shunt-cni", import.meta.url));
		copyFileSync(native, node.#folders.program);
		for (let index = 0; index < podCount; index++) {
			const ip = `10.79.${index >> 7}.${(index % 128) + 1}`;
			node.#namespaces.make(`pod-${index}`, ip);
			node.#putPod(`pod-${index}`, ip);
		}
		const agent = await node.start(["--repair"]);
		const started = performance.now();
		await node.untilIntact(agent);
		node.firstMs = performance.now() - started;
		await agent.stop();
		return node;
	}

	start(flags: readonly string[]): Promise<AgentProcess> {
		const own = ["--node", "here", "--kubeconfig", join(this.#folders.root, "kubeconfig")];
		return AgentProcess.start(this.#folders, {
			flags: [...own, "--netns-dir", this.#namespaces.folder, ...flags],
		});
	}

	async untilIntact(agent: AgentProcess): Promise<void> {
		while ((await agent.metric('shunt_agent_meshed_pods{rules="intact"}').catch(() => 0)) !== podCount) {
			await sleep(50);
		}
	}

	/** Memory, share of a core and requests. */
	async idle(agent: AgentProcess): Promise<string[]> {
		await sleep(10_000);
		const [ticks, requests] = [ticksOf(agent.pid), this.#api.seen.length];
		await sleep(idleMs);
		const share = (ticksOf(agent.pid) - ticks) / ticksPerSecond / (idleMs / 1000);
		return [
			formatNumber(residentMb(agent.pid)),
			formatNumber(100 * share),
			`${this.#api.seen.length - requests}`,
		];
	}

	/** Milliseconds from the event to the file, pod by pod. */
	async timeFiles(): Promise<number[]> {
		const times: number[] = [];
		for (let index = 0; index < newPods; index++) {
			const name = `new-${index}`;
			const started = performance.now();
			this.#putPod(name, `10.80.0.${index + 1}`);
			const path = join(this.#folders.runDir, "pods", `shop_${name}.json`);
			while (!existsSync(path)) {
				await sleep(1);
			}
			times.push(performance.now() - started);
			this.#api.store.delete("v1/pods", `shop/${name}`);
			await sleep(200);
		}
		return times;
	}

	/** Seconds from the last flush until the agent has mended all. */
	async timeMending(agent: AgentProcess): Promise<number> {
		const before = await agent.metric("shunt_agent_pods_mended_total");
		const paths = Array.from({ length: flushedCount }, (_, index) => this.#namespaces.path(`pod-${index}`));
		const script = 'for path; do nsenter --net="$path" nft flush ruleset || exit 1; done';
		const { status } = spawnSync("sh", ["-c", script, "sh", ...paths], { stdio: "inherit" });
		if (status !== 0) {
			throw new Error("not all rules were flushed");
		}
		const started = performance.now();
		while ((await agent.metric("shunt_agent_pods_mended_total")) < before + flushedCount) {
			await sleep(10);
		}
		const seconds = (performance.now() - started) / 1000;
		await this.untilIntact(agent);
		return seconds;
	}

	async remove(): Promise<void> {
		await this.#api.stop();
		this.#namespaces.remove();
		this.#folders.remove();
	}

	#putPod(name: string, ip: string): void {
		this.#api.store.put("v1/pods", {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name, namespace: "shop", annotations: meshed },
			spec: { nodeName: "here", containers: [{ name: "app", image: "app:1" }, { name: "shunt-proxy" }] },
			status: { phase: "Running", podIPs: [{ ip }] },
		});
	}
}

/** proc(5): utime and stime, the 14th and 15th field; the second one may hold blanks. */
function ticksOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
	return Number(fields[11]) + Number(fields[12]);
}

function residentMb(pid: number): number {
	const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
	return Number(kilobytes) / 1024;
}

function sleep(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
