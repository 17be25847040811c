import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import {
	type InjectorDeps,
	type InjectorFlags,
	parseInjectorOptions,
	runInjector,
} from "../../../src/injector/command.ts";
import { connectCluster } from "../../../src/injector/kubernetes-cluster.ts";
import { usualLimits, type WebhookLimits } from "../../../src/injector/webhook-server.ts";
import { ApiServer } from "../../support/api-server/api-server.ts";
import { type Authority, type CertifiedKey, createAuthority } from "../../support/api-server/certificates.ts";
import { Status } from "../../support/api-server/status.ts";
import { ReviewClient } from "./client.ts";
import { Mount } from "./mount.ts";
import { freePort } from "./ports.ts";

export interface InjectorSettings {
	readonly flags?: Partial<InjectorFlags>;
	readonly values?: string;
	readonly limits?: Partial<WebhookLimits>;
	/** Paths of the API that it may not ask for. */
	readonly forbidden?: RegExp;
}

/** An injector in this process, with real sockets, real files and an API server of its own. */
export class RunningInjector {
	readonly api: ApiServer;
	readonly authority: Authority;
	readonly mount: Mount;
	readonly port: number;
	readonly adminPort: number;
	readonly client: ReviewClient;
	readonly log: Record<string, unknown>[] = [];
	readonly signals = new EventEmitter();
	exit: Promise<number> = Promise.resolve(-1);
	#values: string;
	#certificate: CertifiedKey;

	private constructor(parts: {
		readonly api: ApiServer;
		readonly authority: Authority;
		readonly certificate: CertifiedKey;
		readonly values: string;
		readonly ports: readonly [number, number];
	}) {
		this.api = parts.api;
		this.authority = parts.authority;
		this.#values = parts.values;
		this.#certificate = parts.certificate;
		[this.port, this.adminPort] = parts.ports;
		this.mount = new Mount(this.#files());
		writeFileSync(this.mount.path("kubeconfig"), this.api.kubeconfig);
		this.client = new ReviewClient({ port: this.port, ca: parts.authority.cert });
	}

	static async start(settings: InjectorSettings = {}): Promise<RunningInjector> {
		const authority = await createAuthority();
		const running = new RunningInjector({
			api: await ApiServer.start(),
			authority,
			certificate: await authority.issue(),
			values: settings.values ?? "{}",
			ports: [await freePort(), await freePort()],
		});
		running.api.putNamespace("web");
		const { forbidden } = settings;
		if (forbidden !== undefined) {
			running.api.obstacle = ({ path }) =>
				forbidden.test(path) ? new Status(403, "Forbidden", "not for you") : undefined;
		}
		running.#run(settings);
		await running.until(async () => (await running.admin("/ready")).status === 200);
		return running;
	}

	swapValues(values: string): void {
		this.#values = values;
		this.mount.swap(this.#files());
	}

	swapCertificate(certificate: CertifiedKey): void {
		this.#certificate = certificate;
		this.mount.swap(this.#files());
	}

	signal(name: "SIGTERM" | "SIGINT" = "SIGTERM"): void {
		this.signals.emit(name, name);
	}

	async admin(path: string, method = "GET"): Promise<{ readonly status: number; readonly body: string }> {
		try {
			const response = await fetch(`http://127.0.0.1:${this.adminPort}${path}`, { method });
			return { status: response.status, body: await response.text() };
		} catch {
			return { status: 0, body: "" };
		}
	}

	/** A sample of /metrics, by the whole of what stands before its value. */
	async metric(series: string): Promise<number> {
		const { body } = await this.admin("/metrics");
		const line = body.split("\n").find((text) => text.startsWith(`shunt_injector_${series} `));
		return Number(line?.split(" ").at(-1));
	}

	logged(message: string): Record<string, unknown>[] {
		return this.log.filter(({ msg }) => msg === message);
	}

	async until(holds: () => boolean | Promise<boolean>): Promise<void> {
		while (!(await holds())) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	}

	async stop(): Promise<void> {
		this.client.close();
		this.signal();
		this.signal();
		await this.exit;
		await this.api.stop();
		this.mount.remove();
	}

	#files() {
		return {
			"values.yaml": this.#values,
			"tls.crt": this.#certificate.cert,
			"tls.key": this.#certificate.key,
		};
	}

	#run({ flags, limits }: InjectorSettings): void {
		const world: InjectorDeps = {
			output: () => ({ write: (line) => this.log.push(JSON.parse(line)), flush: async () => undefined }),
			cluster: async (kubeconfig) => connectCluster(kubeconfig),
			signals: this.signals,
			limits: { ...usualLimits, ...limits },
		};
		const options = parseInjectorOptions({
			port: `${this.port}`,
			adminPort: `${this.adminPort}`,
			address: "127.0.0.1",
			config: this.mount.path("values.yaml"),
			tlsCert: this.mount.path("tls.crt"),
			tlsKey: this.mount.path("tls.key"),
			kubeconfig: this.mount.path("kubeconfig"),
			events: "true",
			checkInterval: "10s",
			shutdownDelay: "0",
			shutdownTimeout: "10s",
			logLevel: "debug",
			logFormat: "json",
			...flags,
		});
		if (!options.ok) {
			throw new Error(JSON.stringify(options.problems));
		}
		this.exit = runInjector(options.value, world, (problems) => {
			throw new Error(JSON.stringify(problems));
		});
	}
}

export async function withInjector(
	settings: InjectorSettings,
	use: (injector: RunningInjector) => Promise<void>,
): Promise<void> {
	const injector = await RunningInjector.start(settings);
	try {
		await use(injector);
	} finally {
		await injector.stop();
	}
}
