import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Port } from "../domain/port.ts";
import { startAdmin, stopAdmin } from "../serving/admin.ts";
import type { Log, LogOptions } from "../serving/log.ts";
import { throttle } from "../serving/throttle.ts";
import { admitPod } from "./admit-pod.ts";
import { answerReview, type Deciding } from "./answer-review.ts";
import type { Cluster, ObjectName } from "./cluster.ts";
import { EventQueue } from "./events.ts";
import { followConfiguration } from "./follow-configuration.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { Mounted } from "./mounted.ts";
import { followNamespaces, NamespaceCache } from "./namespaces.ts";
import { reportAnswer } from "./report-answer.ts";
import { announced, watchMounted } from "./watch-mounted.ts";
import { usualLimits, type WebhookLimits, WebhookServer } from "./webhook-server.ts";

/** Everything `shunt injector` was asked to do. */
export interface InjectorOptions extends LogOptions {
	readonly port: Port;
	readonly adminPort: Port;
	/** Every address of the machine, of either family, when absent. */
	readonly address: string | undefined;
	readonly config: string;
	/** The ConfigMap that the file comes from, where the API server is to be asked for it too. */
	readonly configMap: ObjectName | undefined;
	readonly tlsCert: string;
	readonly tlsKey: string;
	/** The pod's service account when absent. */
	readonly kubeconfig: string | undefined;
	readonly events: boolean;
	readonly checkIntervalMs: number;
	readonly shutdownDelayMs: number;
	readonly shutdownTimeoutMs: number;
}

interface InjectorParts {
	readonly options: InjectorOptions;
	readonly mounted: Mounted;
	readonly cluster: Cluster;
	readonly log: Log;
	readonly limits: WebhookLimits | undefined;
}

/** A goodbye to what nobody depends on. */
const lastEventsMs = 1000;

/** The webhook with everything around it. */
export class Injector {
	readonly #parts: InjectorParts;
	readonly #metrics: Metrics;
	readonly #namespaces: NamespaceCache;
	readonly #events: EventQueue;
	readonly #webhook: WebhookServer;
	readonly #stopping = new AbortController();
	#admin: Server | undefined;
	#files: { close(): void } | undefined;
	#draining = false;
	/** Whether the configuration in force is the newest, or nobody can tell. */
	#configurationLooked: boolean;

	constructor(parts: InjectorParts) {
		const { cluster, mounted, log } = parts;
		this.#parts = parts;
		this.#configurationLooked = parts.options.configMap === undefined;
		this.#namespaces = new NamespaceCache((name) => cluster.readNamespace(name));
		this.#metrics = createMetrics(() => this.#namespaces.size);
		this.#events = new EventQueue({
			send: cluster.createEvent,
			counted: this.#metrics.event,
			failed: (error) => log.debug("an event could not be made", { error: `${error}`.slice(0, 500) }),
		});
		const deciding = this.#deciding();
		this.#webhook = new WebhookServer(mounted.certificate.value, {
			answer: async (body) => {
				const started = performance.now();
				const answer = await answerReview(body, deciding);
				this.#metrics.took(performance.now() - started);
				return answer;
			},
			turnedAway: this.#metrics.turnedAway,
			limits: parts.limits ?? usualLimits,
		});
	}

	/** Rejects where a port cannot be had. */
	async start(): Promise<void> {
		const { options, mounted, cluster, log } = this.#parts;
		const { address: host } = options;
		const [metrics, webhook] = [this.#metrics, this.#webhook];
		// First, so that /ready can say "not yet" from the beginning.
		this.#admin = await startAdmin(
			{ port: options.adminPort, host },
			{ obstacle: () => this.#obstacle(), metrics },
		);
		this.#files = watchMounted({ mounted, intervalMs: options.checkIntervalMs, log, metrics, webhook });
		void followNamespaces({
			cluster,
			cache: this.#namespaces,
			signal: this.#stopping.signal,
			failed: (error) => {
				metrics.watchFailed();
				log.warn("namespaces cannot be followed", { error: String(error) });
			},
		});
		this.#followConfiguration();
		await webhook.listen({ port: options.port, host });
	}

	#followConfiguration(): void {
		const { options, mounted, cluster, log } = this.#parts;
		const { configuration } = mounted;
		if (options.configMap !== undefined) {
			void followConfiguration({
				source: cluster.configMap(options.configMap),
				configuration,
				observer: announced(configuration.source.name, { log, metrics: this.#metrics }, () => undefined),
				looked: () => {
					this.#configurationLooked = true;
				},
				signal: this.#stopping.signal,
				failed: (error) => {
					this.#metrics.watchFailed();
					log.warn("the configuration cannot be followed; its file counts", { error: String(error) });
				},
			});
		}
	}

	/** The endpoint is still in everybody's list for a while: whoever comes in that time gets an answer too. */
	async drain(): Promise<void> {
		const { shutdownDelayMs, shutdownTimeoutMs } = this.#parts.options;
		const { signal } = this.#stopping;
		this.#webhook.discourage();
		this.#draining = true;
		await sleep(shutdownDelayMs, undefined, { signal }).catch(() => undefined);
		await this.#webhook.close(signal.aborted ? 0 : shutdownTimeoutMs);
		await this.#events.flush(signal.aborted ? 0 : lastEventsMs);
	}

	/** At once. */
	abort(): void {
		this.#stopping.abort();
		this.#files?.close();
		this.#webhook.server.close();
		this.#webhook.server.closeAllConnections();
		stopAdmin(this.#admin);
	}

	#obstacle(): string | undefined {
		const reasons = [
			...(this.#draining ? ["stopping"] : []),
			...(this.#configurationLooked ? [] : ["the newest configuration is not known yet"]),
			...(this.#namespaces.synced ? [] : ["the namespaces are not known yet"]),
		];
		return reasons.length === 0 ? undefined : reasons.join(", ");
	}

	#deciding(): Deciding {
		const { mounted, options, log } = this.#parts;
		const report = reportAnswer({
			log,
			metrics: this.#metrics,
			...(options.events ? { events: this.#events } : {}),
		});
		// Anybody can send these, and so fill the log.
		const seldom = throttle(1000);
		return {
			admit: (request, namespace) => admitPod(request, mounted.configuration.value, namespace),
			annotationsOf: (name) => (name === "" ? {} : this.#namespaces.annotationsOf(name)),
			answered: report,
			malformed: (complaint) => {
				this.#metrics.reviewed("malformed");
				seldom(() => log.warn("malformed review", { complaint }));
			},
		};
	}
}
