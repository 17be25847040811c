import type { Server } from "node:http";
import { dirname } from "node:path";
import { createNodeHost } from "../host/node.ts";
import { startAdmin, stopAdmin } from "../serving/admin.ts";
import type { Log } from "../serving/log.ts";
import { DialectReport } from "./dialect-report.ts";
import { Installation } from "./installation.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { NodeCluster } from "./node-cluster.ts";
import { NodePods } from "./node-pods.ts";
import type { AgentOptions } from "./options.ts";
import { type PluginConfiguration, readPluginConfiguration } from "./plugin-configuration.ts";
import { PluginLogReader } from "./plugin-log-reader.ts";
import { PodFiles } from "./pod-files.ts";
import { watchPods } from "./pod-watch.ts";
import { NodeRepair } from "./repair/node-repair.ts";
import { Upkeep } from "./upkeep.ts";

export interface AgentParts {
	readonly options: AgentOptions;
	readonly configuration: PluginConfiguration;
	/** Absent where nothing asks the API server. */
	readonly cluster: NodeCluster | undefined;
	readonly log: Log;
}

/** The upkeep with everything around it. */
export class Agent {
	/** Rejects with what no look can mend. */
	readonly failure: Promise<never>;
	readonly #parts: AgentParts;
	readonly #installation: Installation;
	readonly #metrics: Metrics;
	readonly #upkeep: Upkeep;
	readonly #files: PodFiles;
	readonly #host = createNodeHost();
	/** Absent where nobody needs to know of pods. */
	readonly #pods: NodePods | undefined;
	readonly #repair: NodeRepair | undefined;
	readonly #dialects: DialectReport | undefined;
	readonly #pluginLog: PluginLogReader | undefined;
	readonly #stopping = new AbortController();
	#configuration: PluginConfiguration;
	#admin: Server | undefined;
	#isTaintSettled = false;

	constructor(parts: AgentParts) {
		const { options, configuration, log } = parts;
		const { places, config, checkIntervalMs, uninstall, pluginLog } = options;
		this.#parts = parts;
		this.#configuration = configuration;
		this.#installation = new Installation(places, { ...options, entry: configuration.entry });
		this.#metrics = createMetrics({ pods: () => this.#pods?.counts, repair: () => this.#repair?.counts });
		this.#files = new PodFiles(places.runDir);
		this.#pluginLog = pluginLog === undefined ? undefined : new PluginLogReader(pluginLog);
		let fail: (error: unknown) => void = () => undefined;
		this.failure = new Promise<never>((_, reject) => {
			fail = reject;
		});
		this.#pods = options.watchPods || options.repair ? this.#nodePods() : undefined;
		this.#repair = this.#nodeRepair(fail);
		this.#dialects = this.#dialectReport();
		this.#upkeep = new Upkeep({
			installation: this.#installation,
			configuration: () => readPluginConfiguration(config),
			configured: (changed) => this.#use(changed),
			afterLook: (isComplete) => this.#afterLook(isComplete),
			folders: [places.netDir, places.binDir, dirname(config)],
			intervalMs: checkIntervalMs,
			...{ uninstall, log },
			looked: this.#metrics.looked,
			failed: fail,
		});
	}

	/** Rejects where the port cannot be had. */
	async start(): Promise<void> {
		const { options, cluster, log } = this.#parts;
		const { adminPort, address } = options;
		// First, so that /ready can say "not yet" from the beginning.
		this.#admin = await startAdmin(
			{ port: adminPort, host: address },
			{ obstacle: () => obstacleOf(this.#upkeep.obstacles), metrics: this.#metrics },
		);
		this.#upkeep.start();
		if (cluster !== undefined && this.#pods !== undefined) {
			const { watchFailed } = this.#metrics;
			watchPods({
				...{ cluster, pods: this.#pods, log, watchFailed, signal: this.#stopping.signal },
				namespacesToo: options.watchPods,
				changed: () => this.#repair?.soon(),
			});
		}
		this.#repair?.start();
	}

	stop(): void {
		this.#stopping.abort();
		this.#repair?.stop();
		this.#pods?.stop();
		this.#upkeep.stop();
		stopAdmin(this.#admin);
	}

	#nodePods(): NodePods {
		const { log, options } = this.#parts;
		return new NodePods({
			files: options.watchPods ? this.#files : undefined,
			host: this.#host,
			config: () => this.#configuration.config,
			isOurs: () => this.#installation.isOurs,
			wrote: this.#metrics.podFileWritten,
			failed: (error) => log.warn("a file about a pod cannot be written", { error: String(error) }),
			unclear: (pod, why) =>
				log.warn("a pod's policy cannot be understood, and it will not start", { pod, why }),
		});
	}

	#nodeRepair(failed: (error: unknown) => void): NodeRepair | undefined {
		const { options, cluster, log } = this.#parts;
		const pods = this.#pods;
		return options.repair && !options.uninstall && cluster !== undefined && pods !== undefined
			? new NodeRepair({
					...{ options, cluster, log, failed, host: this.#host, metrics: this.#metrics },
					view: () => pods.view,
					config: () => this.#configuration.config,
					isOurs: () => this.#installation.isOurs,
				})
			: undefined;
	}

	#dialectReport(): DialectReport | undefined {
		const { options, cluster, log } = this.#parts;
		return options.reportDialects && !options.uninstall && cluster !== undefined
			? new DialectReport({
					...{ cluster, log, host: this.#host, metrics: this.#metrics },
					config: () => this.#configuration.config,
					found: ({ mode }) => {
						this.#files.mode = mode;
					},
				})
			: undefined;
	}

	#use(configuration: PluginConfiguration): void {
		this.#configuration = configuration;
		this.#installation.use(configuration.entry);
	}

	#afterLook(isComplete: boolean): void {
		if (!this.#installation.isOurs) {
			return;
		}
		this.#dialects?.look();
		if (!this.#parts.options.watchPods) {
			// Of an agent before us that wrote files; now nobody does, and nobody is to wait for one.
			this.#forgetFiles();
		} else {
			this.#pods?.refresh();
		}
		this.#tellOn();
		if (isComplete && !this.#isTaintSettled) {
			void this.#removeTaint();
		}
	}

	#forgetFiles(): void {
		try {
			this.#files.forget();
		} catch (error) {
			this.#parts.log.warn("the record of the node cannot be written", { error: String(error) });
		}
	}

	/** What the plugin has said, in its own words and with its own time. */
	#tellOn(): void {
		const { log } = this.#parts;
		try {
			const lines = this.#pluginLog?.take() ?? [];
			for (const line of lines) {
				log.info("plugin", { line });
			}
			this.#metrics.pluginSaid(lines.length);
		} catch (error) {
			log.warn("the plugin's log cannot be read", { error: String(error) });
		}
	}

	async #removeTaint(): Promise<void> {
		const { cluster, log } = this.#parts;
		const { removeTaint, node, uninstall } = this.#parts.options;
		// One attempt at a time; one that fails is made again after the next look.
		this.#isTaintSettled = true;
		if (cluster === undefined || removeTaint === undefined || uninstall) {
			return;
		}
		try {
			if (await cluster.removeTaint(removeTaint)) {
				log.info("took the taint off the node", { taint: removeTaint, node });
			}
		} catch (error) {
			this.#isTaintSettled = false;
			log.warn("the taint cannot be taken off the node", { taint: removeTaint, error: String(error) });
		}
	}
}

/** In one sentence; undefined where nothing is in the way. */
function obstacleOf(obstacles: readonly string[]): string | undefined {
	return obstacles.length === 0 ? undefined : obstacles.join(", ");
}
