import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeNetns, type Netns } from "../../test/support/netns.ts";

/** A network namespace that dials a server in another one, over a veth cable of its own. */
export interface Pod {
	readonly netns: Netns;
	/** So many connections to the server, one after the other. Answers with the milliseconds they took. */
	connect(count: number): Promise<number>;
}

export interface Pods {
	readonly pods: readonly Pod[];
	/** One more, for what needs no rules. */
	readonly bare: Pod;
	close(): void;
}

export const serverPort = 8080;

const program = fileURLToPath(new URL("connections.py", import.meta.url));

/** Pods that never share a nat table, since one that was used once costs something even when it is empty. */
export async function makePods(count: number): Promise<Pods> {
	const server = makeNetns("bench-server");
	const netnses = [server];
	const children: ChildProcessWithoutNullStreams[] = [];
	const close = () => {
		for (const child of children) {
			child.kill("SIGKILL");
		}
		for (const netns of netnses) {
			netns.remove();
		}
	};
	const start = (netns: Netns, ...args: readonly string[]) => {
		const child = spawn("ip", ["netns", "exec", netns.name, "python3", "-S", "-E", program, ...args]);
		children.push(child);
		child.stderr.pipe(process.stderr);
		return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
	};
	try {
		await start(server, "serve", "0.0.0.0", String(serverPort)).lines.next();
		const makePod = (index: number): Pod => {
			const netns = makeNetns("bench-pod");
			netnses.push(netns);
			const { child, lines } = start(netns, "dial", connectTo(server, netns, index), String(serverPort));
			return {
				netns,
				connect: async (connections) => {
					child.stdin.write(`${connections}\n`);
					const { value, done } = await lines.next();
					if (done === true) {
						throw new Error("the connections could not be made");
					}
					return Number(value);
				},
			};
		};
		return { pods: Array.from({ length: count }, (_, index) => makePod(index)), bare: makePod(count), close };
	} catch (error) {
		close();
		throw error;
	}
}

/** The server's address on a cable to this pod. */
function connectTo(server: Netns, pod: Netns, index: number): string {
	const far = `pod${index}`;
	const subnet = `10.99.${index}`;
	pod.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", far, "netns", server.name]);
	pod.run("ip", ["address", "add", `${subnet}.2/24`, "dev", "eth0"]);
	pod.run("ip", ["link", "set", "eth0", "up"]);
	server.run("ip", ["address", "add", `${subnet}.1/24`, "dev", far]);
	server.run("ip", ["link", "set", far, "up"]);
	return `${subnet}.1`;
}
