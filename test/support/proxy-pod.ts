import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Family } from "../../src/domain/family.ts";
import { type Dialect, restore } from "./dialect.ts";
import { makeNetns, type Netns } from "./netns.ts";
import { ProxyProcess } from "./proxy-process.ts";
import { eventually } from "./proxy-sockets.ts";

/** A pod and another machine, in namespaces of their own, with a wire between them. */
export class PodAndPeer {
	readonly pod = makeNetns("proxy-pod");
	readonly peer = makeNetns("proxy-peer");
	readonly #started: ChildProcess[] = [];
	#proxy: ProxyProcess | undefined;
	#asked = 0;

	constructor() {
		const { pod, peer } = this;
		pod.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", peer.name]);
		for (const [netns, host] of [
			[pod, 2],
			[peer, 1],
		] as const) {
			this.addAddress(netns, "ipv4", `10.77.0.${host}`);
			this.addAddress(netns, "ipv6", `fd77::${host}`);
			netns.run("ip", ["link", "set", "eth0", "up"]);
		}
	}

	/** Usable at once, since nobody else can have it. With `preferred_lft 0` nothing is sent from it unasked. */
	addAddress(netns: Netns, family: Family, address: string, ...lifetime: string[]): void {
		const block = family === "ipv4" ? [`${address}/24`] : [`${address}/64`, "nodad"];
		netns.run("ip", ["address", "add", ...block, "dev", "eth0", ...lifetime]);
	}

	/** What a pod is given, with the proxy as user 2102. */
	redirect(dialect: Dialect, family: Family, exemption = "-m owner --uid-owner 2102"): void {
		restore(this.pod, dialect, family, [
			":IN - [0:0]",
			":OUT - [0:0]",
			"-A PREROUTING -j IN",
			"-A OUTPUT -j OUT",
			"-A IN -p tcp -j REDIRECT --to-ports 4143",
			`-A OUT ${exemption} -j RETURN`,
			"-A OUT -o lo -j RETURN",
			"-A OUT -p tcp -j REDIRECT --to-ports 4140",
		]);
	}

	async startProxy(...flags: string[]): Promise<ProxyProcess> {
		const user = ["setpriv", "--reuid", "2102", "--regid", "2102", "--clear-groups"];
		this.#proxy = new ProxyProcess({
			entry: ["src/main/shunt.ts", "proxy"],
			ports: { inbound: 4143, outbound: 4140, admin: 4191 },
			prefix: ["ip", "netns", "exec", this.pod.name, ...user],
			flags,
		});
		await this.#proxy.ready();
		return this.#proxy;
	}

	/** Answers whom it has accepted, as far as known. */
	async serve(netns: Netns, address: string, port: number, name: string): Promise<Record<string, unknown>[]> {
		const [program, ...args] = actor(netns, "serve", address, `${port}`, name);
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
		this.#started.push(child);
		const facts: Record<string, unknown>[] = [];
		createInterface({ input: child.stdout }).on("line", (line) => facts.push(JSON.parse(line)));
		await eventually(() => facts.length > 0);
		return facts;
	}

	/** Not synchronously: the proxy's output would have to wait. */
	async connect(
		netns: Netns,
		address: string,
		port: number,
		text: string,
		from = "",
	): Promise<Record<string, unknown>> {
		const [program, ...args] = actor(netns, "connect", address, `${port}`, text, from);
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], timeout: 60_000 });
		let output = "";
		child.stdout.on("data", (part) => {
			output += part;
		});
		await once(child, "close");
		return JSON.parse(output);
	}

	/** The line of the next connection that is over. */
	async closed(): Promise<Record<string, unknown>> {
		const line = await eventually(() => this.#proxy?.closed()[this.#asked]);
		this.#asked++;
		return line;
	}

	async close(): Promise<void> {
		this.#proxy?.kill("SIGKILL");
		await this.#proxy?.exit;
		for (const child of this.#started) {
			child.kill("SIGKILL");
			await (child.exitCode ?? child.signalCode ?? once(child, "exit"));
		}
		this.pod.remove();
		this.peer.remove();
	}
}

function actor(netns: Netns, ...args: string[]): [string, ...string[]] {
	const node = [process.execPath, "--import", "tsx", "test/support/proxy-actor.ts"];
	return ["ip", "netns", "exec", netns.name, ...node, ...args];
}

/** Removes both and everything that runs in them, also when `use` fails. */
export async function withPodAndPeer(use: (world: PodAndPeer) => Promise<void>): Promise<void> {
	const world = new PodAndPeer();
	try {
		await use(world);
	} finally {
		await world.close();
	}
}
