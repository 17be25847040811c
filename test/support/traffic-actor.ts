import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Netns } from "./netns.ts";

const script = fileURLToPath(new URL("traffic-actor.mjs", import.meta.url));

/** What a server saw of a connection, and how it ended for its client: `end` for a FIN, else an errno(3) name. */
export interface Conversation {
	readonly how: string;
	readonly local?: string;
	readonly localPort?: number;
	readonly remote?: string;
	/** Whether both sides heard all that the other had said. */
	readonly isWhole?: boolean;
}

/** Somebody in a network namespace with servers on some ports, who also connects to others. */
export interface TrafficActor {
	/** To an asked port: the client says all it has to say, half-closes, and is then answered. */
	ask(host: string, port: number, bytes?: number): Promise<Conversation>;
	/** To a greeting port: the server says all it has to say, half-closes, and is then told something. */
	hearThenSay(host: string, port: number, text: string): Promise<Conversation>;
	/** What this one's own greeting port was told so far. */
	heard(): Promise<readonly string[]>;
	/** Status 0 where nobody answers. */
	get(url: string): Promise<{ readonly status: number; readonly body: string }>;
	stop(): void;
}

export interface TrafficPorts {
	/** Its server hears its client out before it answers. */
	readonly asked: readonly number[];
	/** Its server ends its half before its client says anything. */
	readonly greeting: number;
}

export async function startTrafficActor(netns: Netns, ports: TrafficPorts): Promise<TrafficActor> {
	const args = [script, ...[ports.greeting, ...ports.asked].map(String)];
	const child = spawn("ip", ["netns", "exec", netns.name, process.execPath, ...args], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const nextLine = async () => {
		const { value, done } = await lines.next();
		if (done === true) {
			throw new Error("a traffic actor ended too early");
		}
		return String(value);
	};
	// One after the other: the answers carry no name.
	let turn: Promise<unknown> = nextLine();
	const request = <T>(message: object): Promise<T> => {
		const answer = turn.then(async () => {
			child.stdin.write(`${JSON.stringify(message)}\n`);
			return JSON.parse(await nextLine());
		});
		turn = answer;
		return answer;
	};
	await turn;
	return {
		ask: (host, port, bytes = 100) => request({ what: "ask", host, port, bytes }),
		hearThenSay: (host, port, text) => request({ what: "hearThenSay", host, port, text }),
		heard: () => request({ what: "heard" }),
		get: (url) => request({ what: "get", url }),
		stop: () => child.kill("SIGKILL"),
	};
}
