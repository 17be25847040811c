import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { ApiServer } from "../../support/api-server/api-server.ts";
import { type Authority, createAuthority } from "../../support/api-server/certificates.ts";
import { Mount } from "./mount.ts";
import { freePort } from "./ports.ts";

const sources = ["--import", "tsx", new URL("injector-main.ts", import.meta.url).pathname];

export interface ProcessSettings {
	readonly flags?: readonly string[];
	/** Put before the program, as `taskset -c 0`. It has to become the program. */
	readonly prefix?: readonly string[];
	/** Node's arguments that make it the injector; the sources as they are when absent. */
	readonly main?: readonly string[];
	/** Its log goes nowhere. */
	readonly quiet?: boolean;
}

interface Surroundings {
	readonly authority: Authority;
	readonly api: ApiServer;
	readonly mount: Mount;
	readonly ports: readonly [number, number];
}

/** An injector in a process of its own, with an API server in this one. */
export class InjectorProcess {
	readonly port: number;
	readonly adminPort: number;
	readonly api: ApiServer;
	readonly authority: Authority;
	readonly mount: Mount;
	readonly lines: Record<string, unknown>[] = [];
	/** The exit status, or the signal that ended it. */
	readonly exit: Promise<number | string>;
	complaints = "";
	readonly #child: ChildProcess;

	private constructor(parts: Surroundings, settings: ProcessSettings) {
		const { flags = [], prefix = [], main = sources, quiet = false } = settings;
		const { api, authority, mount, ports } = parts;
		this.api = api;
		this.authority = authority;
		this.mount = mount;
		[this.port, this.adminPort] = ports;
		const values = {
			port: this.port,
			"admin-port": this.adminPort,
			address: "127.0.0.1",
			config: mount.path("values.yaml"),
			"tls-cert": mount.path("tls.crt"),
			"tls-key": mount.path("tls.key"),
			kubeconfig: mount.path("kubeconfig"),
		};
		const own = Object.entries(values).flatMap(([name, value]) => [`--${name}`, `${value}`]);
		const node = [process.execPath, ...main, ...own, ...flags];
		const [program = "", ...args] = [...prefix, ...node];
		const child = spawn(program, args, { stdio: ["ignore", quiet ? "ignore" : "pipe", "pipe"] });
		this.#child = child;
		if (child.stdout !== null) {
			createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
		}
		child.stderr?.on("data", (text) => {
			this.complaints += text;
		});
		this.exit = once(child, "close").then(([status, signal]) => status ?? signal);
	}

	static async start(settings: ProcessSettings = {}): Promise<InjectorProcess> {
		const authority = await createAuthority();
		const { cert, key } = await authority.issue();
		const api = await ApiServer.start();
		api.putNamespace("web");
		const mount = new Mount({ "values.yaml": "{}", "tls.crt": cert, "tls.key": key });
		writeFileSync(mount.path("kubeconfig"), api.kubeconfig);
		const ports = [await freePort(), await freePort()] as const;
		const injector = new InjectorProcess({ authority, api, mount, ports }, settings);
		await Promise.race([injector.#ready(), injector.#died()]);
		return injector;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	async ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
		const response = await fetch(`http://127.0.0.1:${this.adminPort}${path}`);
		return { status: response.status, body: await response.text() };
	}

	residentKilobytes(): number {
		const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
		return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
	}

	descriptors(): number {
		return readdirSync(`/proc/${this.#child.pid}/fd`).length;
	}

	async stop(): Promise<void> {
		this.kill("SIGKILL");
		await this.exit;
		await this.api.stop();
		this.mount.remove();
	}

	async #ready(): Promise<void> {
		const isReady = () =>
			this.ask("/ready").then(
				({ status }) => status === 200,
				() => false,
			);
		while (!(await isReady())) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	async #died(): Promise<never> {
		const status = await this.exit;
		throw new Error(`ended with ${status}: ${this.complaints}`);
	}
}
