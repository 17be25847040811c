import type { PluginConfig } from "../cni/plugin-config.ts";
import { formatNodeDialects, type NodeDialects, nodeDialectsAnnotation } from "../domain/node-dialects.ts";
import { type Host, HostError } from "../host/host.ts";
import { loadLibc } from "../linux/libc.ts";
import { travel } from "../linux/netns.ts";
import type { Log } from "../serving/log.ts";
import type { Metrics } from "./metrics.ts";
import type { NodeCluster } from "./node-cluster.ts";
import { findDialects } from "./node-dialects.ts";

export interface DialectReportParts {
	readonly cluster: NodeCluster;
	readonly host: Host;
	/** The one in force. */
	readonly config: () => PluginConfig;
	readonly found: (dialects: NodeDialects) => void;
	readonly metrics: Metrics;
	readonly log: Log;
}

/** A module may be loaded, or barred, while the node runs; no pod waits for this. */
const hourMs = 3_600_000;
/** After each failure twice as long: the agents of a whole cluster would ask. */
const [leastPauseMs, mostPauseMs] = [5000, 300_000];

/** Finds out which dialects the node serves, and says so to the plugin, to the API server and to whoever asks for metrics. */
export class DialectReport {
	readonly #parts: DialectReportParts;
	#lookedAt: number | undefined;
	/** What is to be on the node, and what was written there last. */
	#wanted: string | undefined;
	#written: string | undefined;
	#isWriting = false;
	#notBefore = 0;
	#pauseMs = leastPauseMs;

	constructor(parts: DialectReportParts) {
		this.#parts = parts;
	}

	/** To be called now and then; does something when it is time. Throws what no look can mend. */
	look(): void {
		if (this.#lookedAt === undefined || performance.now() - this.#lookedAt > hourMs) {
			this.#lookedAt = performance.now();
			this.#find();
		}
		const isDue = !this.#isWriting && performance.now() >= this.#notBefore;
		if (isDue && this.#wanted !== undefined && this.#wanted !== this.#written) {
			void this.#write(this.#wanted);
		}
	}

	#find(): void {
		const { host, config, found, metrics, log } = this.#parts;
		try {
			const dialects = findDialects(host, config(), (journey) => travel(loadLibc(), journey));
			if (dialects === undefined) {
				this.#lookedAt = undefined;
				return;
			}
			const text = formatNodeDialects(dialects);
			if (text !== this.#wanted) {
				this.#wanted = text;
				log.info("found out which modes the node serves", { modes: dialects.working.join(", ") });
			}
			metrics.foundDialects(dialects.working);
			found(dialects);
		} catch (error) {
			if (!(error instanceof HostError)) {
				throw error;
			}
			log.warn("which modes the node serves cannot be found out", { error: error.message });
		}
	}

	async #write(text: string): Promise<void> {
		const { cluster, metrics, log } = this.#parts;
		this.#isWriting = true;
		try {
			await cluster.annotateNode(nodeDialectsAnnotation, text);
			this.#written = text;
			this.#pauseMs = leastPauseMs;
		} catch (error) {
			metrics.notTaken();
			this.#notBefore = performance.now() + this.#pauseMs;
			this.#pauseMs = Math.min(2 * this.#pauseMs, mostPauseMs);
			log.warn("the node's modes cannot be written on it", { error: String(error) });
		} finally {
			this.#isWriting = false;
		}
	}
}
