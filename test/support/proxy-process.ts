import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { eventually } from "./proxy-sockets.ts";

export interface ProxyPorts {
	readonly inbound: number;
	readonly outbound: number;
	readonly admin: number;
}

export interface ProxyProcessSettings {
	readonly ports: ProxyPorts;
	readonly entry: readonly string[];
	readonly flags?: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
	/** Put before the program, as `ip netns exec NAME`. It has to become the program, or signals would not arrive. */
	readonly prefix?: readonly string[];
}

/** A proxy in a process of its own. */
export class ProxyProcess {
	readonly ports: ProxyPorts;
	/** Standard output, as it comes. */
	readonly lines: Record<string, unknown>[] = [];
	/** The exit status, or the signal that ended it. */
	readonly exit: Promise<number | string>;
	complaints = "";
	readonly #child: ChildProcess;

	constructor({ ports, entry, flags = [], env = {}, prefix = [] }: ProxyProcessSettings) {
		this.ports = ports;
		const portFlags = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, `${port}`]);
		const node = [
			process.execPath,
			"--import",
			"tsx",
			...entry,
			...portFlags,
			...["--log-format", "json", "--log-level", "debug"],
			...flags,
		];
		const [program = "", ...args] = [...prefix, ...node];
		const child = spawn(program, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, ...env },
		});
		this.#child = child;
		createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
		child.stderr.on("data", (text) => {
			this.complaints += text;
		});
		// Not `exit`: by then the last lines may not have been read yet.
		this.exit = once(child, "close").then(([status, signal]) => status ?? signal);
	}

	async ready(): Promise<void> {
		await Promise.race([
			eventually(() => this.lines.some(({ msg }) => msg === "ready")),
			this.exit.then((status) => {
				throw new Error(`ended with ${status}: ${this.complaints}`);
			}),
		]);
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	/** As a log collector that has died. */
	stopReading(): void {
		this.#child.stdout?.destroy();
	}

	closed(): Record<string, unknown>[] {
		return this.lines.filter(({ msg }) => msg === "connection closed");
	}

	/** Of the admin server; only where it is in our own network namespace. */
	ask(path: string): Promise<{ readonly status: number; readonly body: string; readonly type: string }> {
		return new Promise((resolve, reject) => {
			const request = get(
				{ port: this.ports.admin, path, host: "127.0.0.1", agent: false },
				async (response) => {
					let body = "";
					for await (const part of response) {
						body += part;
					}
					resolve({ status: response.statusCode ?? 0, body, type: response.headers["content-type"] ?? "" });
				},
			);
			request.on("error", reject);
		});
	}

	residentKilobytes(): number {
		const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
		return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
	}

	/** Sockets and whatever else is open. */
	descriptors(): number {
		return readdirSync(`/proc/${this.#child.pid}/fd`).length;
	}
}

/** Starts one and ends it when `use` is over, however that ends. */
export async function withProxyProcess(
	settings: ProxyProcessSettings,
	use: (proxy: ProxyProcess) => Promise<void>,
): Promise<void> {
	const proxy = new ProxyProcess(settings);
	try {
		await proxy.ready();
		await use(proxy);
	} finally {
		proxy.kill("SIGKILL");
		await proxy.exit;
	}
}

/** Below the range from which the kernel picks ports for others. */
export async function freePorts(): Promise<ProxyPorts> {
	const [inbound, outbound, admin] = [await freePort(), await freePort(), await freePort()];
	return { inbound, outbound, admin };
}

async function freePort(): Promise<number> {
	const port = 10_000 + Math.floor(Math.random() * 22_000);
	const server = createServer();
	const free = await new Promise<boolean>((resolve) => {
		server.on("error", () => resolve(false));
		server.listen(port, () => resolve(true));
	});
	server.close();
	return free ? port : freePort();
}
