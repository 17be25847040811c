import { takeFingerprint } from "../../backend/fingerprint.ts";
import type { PluginConfig } from "../../cni/plugin-config.ts";
import type { Host } from "../../host/host.ts";
import { loadLibc } from "../../linux/libc.ts";
import { travel } from "../../linux/netns.ts";
import type { Log } from "../../serving/log.ts";
import type { Metrics } from "../metrics.ts";
import type { NodeCluster, PodEvent } from "../node-cluster.ts";
import type { PodView } from "../node-pods.ts";
import type { AgentOptions } from "../options.ts";
import { FolderWatch } from "../watch-folders.ts";
import type { MeshedPod } from "./meshed-pod.ts";
import { NamespaceWatches } from "./namespace-watches.ts";
import type { RepairState } from "./pod-case.ts";
import { PodDeletion } from "./pod-deletion.ts";
import { PodNamespaces } from "./pod-namespaces.ts";
import { PodRules } from "./pod-rules.ts";
import { Repair } from "./repair.ts";

export interface NodeRepairParts {
	readonly options: Pick<AgentOptions, "netnsDir" | "repairIntervalMs" | "deletePodsPerMinute">;
	readonly host: Host;
	readonly cluster: NodeCluster;
	readonly view: () => PodView;
	/** The one in force. */
	readonly config: () => PluginConfig;
	/** Where another agent works on this node it is that one which repairs. */
	readonly isOurs: () => boolean;
	readonly metrics: Metrics;
	readonly log: Log;
	/** What no look can mend. */
	readonly failed: (error: unknown) => void;
}

/** The runtime makes a namespace in several steps; one look after the last is enough. */
const settleMs = 50;

/** When {@link Repair} looks, and who is told what it did. */
export class NodeRepair {
	readonly #parts: NodeRepairParts;
	readonly #repair: Repair;
	readonly #deletion: PodDeletion;
	readonly #watch: FolderWatch;
	#interval: NodeJS.Timeout | undefined;
	#settling: NodeJS.Timeout | undefined;

	constructor(parts: NodeRepairParts) {
		this.#parts = parts;
		const { options, host, config, view, metrics, log, failed } = parts;
		const now = () => performance.now();
		this.#deletion = new PodDeletion(options.deletePodsPerMinute, now);
		this.#repair = new Repair({
			pods: view,
			namespaces: new PodNamespaces(options.netnsDir, host),
			watches: new NamespaceWatches(loadLibc),
			visit: excursion,
			rules: new PodRules({ host, config, visit: excursion }),
			told: {
				repairLooked: metrics.repairLooked,
				checked: metrics.checked,
				mended: (pod, drift) => this.#mended(pod, drift),
				notMended: (pod, why, failures) => this.#notMended(pod, { why, failures }),
			},
			fingerprint: (among) => takeFingerprint(host, among),
			...{ log, now, failed },
		});
		this.#watch = new FolderWatch([options.netnsDir], () => this.soon());
	}

	get counts(): Readonly<Record<RepairState, number>> {
		return this.#repair.counts;
	}

	start(): void {
		this.#interval = setInterval(() => this.#look(), this.#parts.options.repairIntervalMs);
		this.#look();
	}

	/** A pod or a namespace is new, or has changed. */
	soon(): void {
		this.#settling ??= setTimeout(() => {
			this.#settling = undefined;
			this.#look();
		}, settleMs);
	}

	stop(): void {
		clearInterval(this.#interval);
		clearTimeout(this.#settling);
		this.#watch.close();
		this.#repair.rest();
	}

	#look(): void {
		this.#watch.renew();
		// What only says what it would do has made no rules to be looked after.
		if (this.#parts.isOurs() && !this.#parts.config().simulate) {
			this.#repair.look();
		} else {
			this.#repair.rest();
		}
	}

	#mended(pod: MeshedPod, drift: string): void {
		const { metrics, log } = this.#parts;
		metrics.mended(pod, drift);
		log.info("mended a pod's rules", { pod: nameOf(pod), drift });
		this.#tell(pod, {
			type: "Normal",
			reason: "RulesMended",
			message: `The rules were mended in place: ${drift}`,
		});
	}

	#notMended(pod: MeshedPod, { why, failures }: { readonly why: string; readonly failures: number }): void {
		const { metrics, log } = this.#parts;
		metrics.notMended(pod, why, failures);
		log.warn("a pod's rules cannot be mended", { pod: nameOf(pod), why, failures });
		this.#tell(pod, {
			type: "Warning",
			reason: "RulesNotMended",
			message: `The rules cannot be mended: ${why}`,
		});
		if (this.#deletion.mayDelete(pod, failures)) {
			void this.#delete(pod, why);
		}
	}

	async #delete(pod: MeshedPod, why: string): Promise<void> {
		const { cluster, metrics, log } = this.#parts;
		try {
			await cluster.deletePod(pod);
			metrics.deleted();
			log.warn("deleted a pod whose rules could not be mended", { pod: nameOf(pod), why });
			this.#tell(pod, {
				type: "Warning",
				reason: "DeletedUnmended",
				message: `Deleted, for another pod to take its place: the rules cannot be mended: ${why}`,
			});
		} catch (error) {
			metrics.notTaken();
			log.warn("a pod cannot be deleted", { pod: nameOf(pod), error: String(error) });
		}
	}

	/** Whoever looks at the pod is to find it there; the log has it in any case. */
	#tell(pod: MeshedPod, event: PodEvent): void {
		const { cluster, metrics, log } = this.#parts;
		cluster.tell({ namespace: pod.namespace, name: pod.name, uid: pod.uid }, event).catch((error) => {
			metrics.notTaken();
			log.warn("an event cannot be written", {
				pod: nameOf(pod),
				reason: event.reason,
				error: String(error),
			});
		});
	}
}

/** One visit, and home again. */
function excursion<T>(path: string | undefined, act: () => T): T {
	return travel(loadLibc(), (visit) => visit(path, act));
}

function nameOf({ namespace, name }: MeshedPod): string {
	return `${namespace}/${name}`;
}
