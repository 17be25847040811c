import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Netns } from "./netns.ts";

const script = fileURLToPath(new URL("connection-holder.mjs", import.meta.url));

interface Settings {
	/** On which it listens. */
	readonly ports?: readonly number[];
	/** As whom it connects. */
	readonly user?: number;
	/** What the kernel calls it. */
	readonly title?: string;
}

/** A process in a network namespace that makes connections, takes them, and keeps them until it is stopped. */
export class ConnectionHolder {
	readonly pid: number;
	readonly #child: ChildProcess;
	readonly #lines: AsyncIterator<string>;

	private constructor(child: ChildProcess, lines: AsyncIterator<string>, pid: number) {
		this.#child = child;
		this.#lines = lines;
		this.pid = pid;
	}

	static async start(netns: Netns, { ports = [], user, title }: Settings = {}): Promise<ConnectionHolder> {
		const args = [
			script,
			...(user === undefined ? [] : ["--user", `${user}`]),
			...(title === undefined ? [] : ["--name", title]),
			...ports.map(String),
		];
		const child = spawn("ip", ["netns", "exec", netns.name, process.execPath, ...args], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
		const { value } = await lines.next();
		return new ConnectionHolder(child, lines, JSON.parse(String(value)).pid);
	}

	/** So many connections, all of which are made when this returns. */
	async connect(host: string, port: number, count = 1): Promise<void> {
		await this.#ask({ connect: { host, port, count } });
	}

	/** Says something on each and answers what became of it: the echo, an error's name, or `closed`. */
	async say(text: string): Promise<readonly string[]> {
		return (await this.#ask({ say: text })).heard ?? [];
	}

	/** Closes all that it has made. */
	async drop(): Promise<void> {
		await this.#ask({ drop: true });
	}

	async stop(): Promise<void> {
		this.#child.kill("SIGKILL");
		await (this.#child.exitCode ?? this.#child.signalCode ?? once(this.#child, "exit"));
	}

	async #ask(request: object): Promise<{ readonly heard?: string[]; readonly error?: string }> {
		this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
		const { value, done } = await this.#lines.next();
		if (done === true) {
			throw new Error("a holder of connections ended too early");
		}
		const answer = JSON.parse(value);
		if (answer.error !== undefined) {
			throw new Error(answer.error);
		}
		return answer;
	}
}
