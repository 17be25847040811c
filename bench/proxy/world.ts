import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { restore } from "../../test/support/dialect.ts";
import { makeNetns, type Netns } from "../../test/support/netns.ts";
import { shuntProgram } from "../../test/support/programs.ts";
import { type ContenderId, contenders } from "./contenders.ts";
import { proxyConfig, webServerConfig } from "./haproxy.ts";

export const podAddress = "10.78.0.2";

/** What a process has used so far. */
export interface Usage {
	readonly cpuSeconds: number;
	readonly residentMegabytes: number;
}

/** A client and a pod joined by a wire; in the pod all servers and all proxies, side by side. */
export class World {
	readonly #client = makeNetns("bench-client");
	readonly #pod = makeNetns("bench-pod");
	readonly #folder: string;
	readonly #output: number;
	readonly #started: ChildProcess[] = [];
	readonly #proxies = new Map<ContenderId, ChildProcess>();

	/** Configuration goes to `folder`. */
	constructor(folder: string) {
		this.#folder = folder;
		this.#output = openSync(`${folder}/output`, "a");
		const [client, pod] = [this.#client, this.#pod];
		pod.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", client.name]);
		plug(pod, podAddress);
		plug(client, "10.78.0.1");
		restore(pod, "nft", "ipv4", redirects());
	}

	/** Comes back when everybody listens. */
	async start(): Promise<void> {
		const holdPorts = contenders.map(({ holdPort }) => `${holdPort}`);
		this.#serve("haproxy", "-q", "-db", "-f", this.#write("web-server.cfg", webServerConfig()));
		this.#serve(...script("hold.ts"), "serve", ...holdPorts);
		for (const { bulkPort } of contenders) {
			this.#serve("iperf3", "--server", "--port", `${bulkPort}`);
		}
		for (const { id, proxyPort } of contenders) {
			if (proxyPort !== undefined) {
				this.#proxies.set(id, this.#serve(...this.#proxyProgram(id, proxyPort)));
			}
		}
		await this.#everybodyListens();
	}

	/** Starts one anew, for a clean look at its memory. */
	async restart(id: ContenderId): Promise<void> {
		const old = this.#proxies.get(id);
		const { proxyPort } = contenders.find((each) => each.id === id) ?? {};
		if (old === undefined || proxyPort === undefined) {
			return;
		}
		await ended(old, "SIGKILL");
		this.#proxies.set(id, this.#serve(...this.#proxyProgram(id, proxyPort)));
		await this.#everybodyListens();
	}

	/** A program where the client is, whose output is for us. */
	startClient(...argv: readonly string[]): ChildProcess {
		return this.#spawn(this.#client, argv, "pipe");
	}

	/** The same to its end; answers what it printed. */
	async runClient(...argv: readonly string[]): Promise<string> {
		const child = this.startClient(...argv);
		let output = "";
		child.stdout?.on("data", (part) => {
			output += part;
		});
		const status = await new Promise((resolve) => child.on("close", resolve));
		if (status !== 0) {
			throw new Error(`${argv.join(" ")} ended with ${status}: ${output}`);
		}
		return output;
	}

	/** Undefined where there is no proxy. */
	usage(id: ContenderId): Usage | undefined {
		const pid = this.#proxies.get(id)?.pid;
		return pid === undefined ? undefined : usageOf(pid);
	}

	async close(): Promise<void> {
		await Promise.all(this.#started.map((child) => ended(child, "SIGKILL")));
		this.#client.remove();
		this.#pod.remove();
	}

	#proxyProgram(id: ContenderId, port: number): readonly string[] {
		switch (id) {
			case "shunt":
				return [shuntProgram, "proxy", "--ipv6=false"];
			case "pipe":
				return [...script("pipe-proxy.ts"), `${port}`];
			default: {
				const options = id === "splice" ? ["splice-auto"] : [];
				return ["haproxy", "-q", "-db", "-f", this.#write(`${id}.cfg`, proxyConfig(port, ...options))];
			}
		}
	}

	/** What it prints, logs included, goes to a file that nobody reads. */
	#serve(...argv: readonly string[]): ChildProcess {
		return this.#spawn(this.#pod, argv, this.#output);
	}

	/** `ip netns exec` becomes the program, so the process is that of the program. */
	#spawn({ name }: Netns, argv: readonly string[], output: "pipe" | number): ChildProcess {
		const child = spawn("ip", ["netns", "exec", name, ...argv], { stdio: ["pipe", output, "inherit"] });
		this.#started.push(child);
		return child;
	}

	#write(name: string, text: string): string {
		writeFileSync(`${this.#folder}/${name}`, text);
		return `${this.#folder}/${name}`;
	}

	async #everybodyListens(): Promise<void> {
		const wanted = contenders.flatMap(({ proxyPort = [], webPort, bulkPort, holdPort }) =>
			[proxyPort, webPort, bulkPort, holdPort].flat(),
		);
		const missing = () => {
			const listening = this.#pod.run("ss", ["--listening", "--tcp", "--numeric", "--no-header"]);
			return wanted.filter((port) => !new RegExp(`:${port}\\s`).test(listening));
		};
		for (let left = missing(); left.length > 0; left = missing()) {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
}

function plug(netns: Netns, address: string): void {
	netns.run("ip", ["address", "add", `${address}/24`, "dev", "eth0"]);
	netns.run("ip", ["link", "set", "eth0", "up"]);
	// Ten thousand connections are held between two addresses.
	netns.run("sysctl", ["-qw", "net.ipv4.ip_local_port_range=10000 65000"]);
}

function redirects(): string[] {
	return contenders.flatMap(({ proxyPort, webPort, bulkPort, holdPort }) =>
		proxyPort === undefined
			? []
			: [
					`-A PREROUTING -i eth0 -p tcp -m multiport --dports ${webPort},${bulkPort},${holdPort} -j REDIRECT --to-ports ${proxyPort}`,
				],
	);
}

export function script(name: string): string[] {
	return [process.execPath, "--import", "tsx", fileURLToPath(new URL(name, import.meta.url))];
}

/** Exact to the nanosecond, where the usual numbers come in hundredths of a second. */
function usageOf(pid: number): Usage {
	const nanoseconds = readdirSync(`/proc/${pid}/task`)
		.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]))
		.reduce((sum, each) => sum + each, 0);
	const [, kilobytes = ""] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
	return { cpuSeconds: nanoseconds / 1e9, residentMegabytes: (Number(kilobytes) * 1024) / 1e6 };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) {
			resolve();
		} else {
			child.once("exit", () => resolve());
			child.kill(signal);
		}
	});
}
