import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode } from "../src/domain/mode.ts";
import { AgentNode } from "../test/agent/support/agent-node.ts";
import type { AgentProcess } from "../test/agent/support/agent-process.ts";
import { meshed } from "../test/support/cni/cni-call.ts";

export const podCount = 250;
export const flushedCount = 50;
export const idleMs = 30_000;
/** The environment that charts/shunt-cni gives the agent. */
const asInChart = ["env", "MALLOC_ARENA_MAX=1"];
/** USER_HZ, in which /proc counts. */
const ticksPerSecond = 100;

/** How long an agent's event loop was held up at most, and how long of that it was working itself; in milliseconds. */
export interface LoopHolds {
	readonly heldMs: number;
	readonly ranMs: number;
}

/** An agent of which {@link LoopHolds} are known. */
export interface HeldAgent {
	readonly agent: AgentProcess;
	/** Since the last time that somebody asked, or the start. */
	holds(): Promise<LoopHolds>;
}

/** A node with as many meshed pods as a kubelet allows at most, each with a network namespace of its own. */
export class BenchNode {
	readonly #node: AgentNode;
	readonly mode: Mode;

	private constructor(node: AgentNode, mode: Mode) {
		this.#node = node;
		this.mode = mode;
	}

	/** No pod has rules yet. */
	static async make(mode: Mode): Promise<BenchNode> {
		const node = await AgentNode.make();
		node.api.store.put("v1/nodes", { metadata: { name: "here" }, spec: {} });
		node.configure({ mode });
		const native = fileURLToPath(new URL("../dist/native/shunt-cni", import.meta.url));
		copyFileSync(native, node.folders.program);
		const made = new BenchNode(node, mode);
		for (let index = 0; index < podCount; index++) {
			const ip = `10.79.${index >> 7}.${(index % 128) + 1}`;
			node.namespaces.make(`pod-${index}`, ip);
			made.#putPod(`pod-${index}`, ip);
		}
		return made;
	}

	start(flags: readonly string[]): Promise<AgentProcess> {
		return this.#node.start({ flags, prefix: asInChart });
	}

	async startHeld(flags: readonly string[]): Promise<HeldAgent> {
		const path = join(this.#node.folders.root, "loop-holds");
		const preload = fileURLToPath(new URL("loop-holds.mjs", import.meta.url));
		const prefix = [...asInChart, `LOOP_HOLDS=${path}`, `NODE_OPTIONS=--import=${preload}`];
		const agent = await this.#node.start({ flags, prefix });
		const holds = async () => {
			rmSync(path, { force: true });
			agent.kill("SIGUSR2");
			while (!existsSync(path)) {
				await sleep(5);
			}
			return JSON.parse(readFileSync(path, "utf8")) as LoopHolds;
		};
		return { agent, holds };
	}

	async untilIntact(agent: AgentProcess): Promise<void> {
		while ((await agent.metric('shunt_agent_meshed_pods{rules="intact"}').catch(() => 0)) !== podCount) {
			await sleep(50);
		}
	}

	/** Memory in megabytes, share of a core, and requests, of half a minute in which nothing happens. */
	async idle(agent: AgentProcess): Promise<readonly [number, number, number]> {
		await sleep(10_000);
		const [ticks, requests] = [ticksOf(agent.pid), this.#node.api.seen.length];
		await sleep(idleMs);
		const share = (ticksOf(agent.pid) - ticks) / ticksPerSecond / (idleMs / 1000);
		return [residentMb(agent.pid), 100 * share, this.#node.api.seen.length - requests];
	}

	/** Milliseconds from the event to the file, of so many pods that come one by one, or all at once. */
	async timeFiles(count: number, when: "one-by-one" | "at-once"): Promise<readonly number[]> {
		const names = Array.from({ length: count }, (_, index) => `new-${index}`);
		const times = await (when === "at-once" ? this.#timeFilesOf(names) : this.#timeEach(names));
		for (const name of names) {
			this.#node.api.store.delete("v1/pods", `shop/${name}`);
		}
		await sleep(500);
		return times;
	}

	async #timeEach(names: readonly string[]): Promise<readonly number[]> {
		const times: number[] = [];
		for (const name of names) {
			times.push(...(await this.#timeFilesOf([name])));
			// At no fixed moment of the agent's periods.
			await sleep(37 + 100 * Math.random());
		}
		return times;
	}

	async #timeFilesOf(names: readonly string[]): Promise<readonly number[]> {
		const started = performance.now();
		const waiting = new Set(names);
		for (const name of names) {
			this.#putPod(name, `10.80.0.${names.indexOf(name) + 1}`);
		}
		const times: number[] = [];
		while (waiting.size > 0) {
			for (const name of waiting) {
				if (existsSync(join(this.#node.folders.runDir, "pods", `shop_${name}.json`))) {
					waiting.delete(name);
					times.push(performance.now() - started);
				}
			}
			await sleep(1);
		}
		return times;
	}

	/** Seconds from the last flush until the agent has mended all. */
	async timeMending(agent: AgentProcess): Promise<number> {
		const before = await agent.metric("shunt_agent_pods_mended_total");
		const paths = Array.from({ length: flushedCount }, (_, index) =>
			this.#node.namespaces.path(`pod-${index}`),
		);
		const flush =
			this.mode === "legacy"
				? 'nsenter --net="$path" iptables-legacy -t nat -F && nsenter --net="$path" ip6tables-legacy -t nat -F'
				: 'nsenter --net="$path" nft flush ruleset';
		const script = `for path; do ${flush} || exit 1; done`;
		const { status } = spawnSync("sh", ["-c", script, "sh", ...paths], {
			stdio: "inherit",
			env: { ...process.env, XTABLES_LOCKFILE: this.#node.xtablesLock },
		});
		if (status !== 0) {
			throw new Error("not all rules were flushed");
		}
		const started = performance.now();
		const mended = () => agent.metric("shunt_agent_pods_mended_total").catch(() => 0);
		while ((await mended()) < before + flushedCount) {
			await sleep(50);
		}
		const seconds = (performance.now() - started) / 1000;
		await this.untilIntact(agent);
		return seconds;
	}

	remove(): Promise<void> {
		return this.#node.remove();
	}

	#putPod(name: string, ip: string): void {
		this.#node.putPod(name, {
			metadata: { annotations: meshed },
			spec: { containers: [{ name: "app", image: "app:1" }, { name: "shunt-proxy" }] },
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
