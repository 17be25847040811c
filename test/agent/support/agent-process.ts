import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../../injector/support/ports.ts";
import type { NodeFolders } from "./node-folders.ts";

/** On Node also where the plugin under test is the native one: there is no other agent. */
const agentProgram = fileURLToPath(new URL("../../../bin/shunt", import.meta.url));

export interface ProcessSettings {
	readonly flags?: readonly string[];
	/** Put before the program. It has to become the program. */
	readonly prefix?: readonly string[];
}

/** An agent in a process of its own. */
export class AgentProcess {
	readonly lines: Record<string, unknown>[] = [];
	/** The exit status, or the signal that ended it. */
	readonly exit: Promise<number | string>;
	complaints = "";
	readonly #child: ChildProcess;
	readonly #adminPort: number;

	private constructor(folders: NodeFolders, adminPort: number, settings: ProcessSettings) {
		const { flags = [], prefix = [] } = settings;
		const values = {
			"admin-port": adminPort,
			address: "127.0.0.1",
			config: folders.config,
			program: folders.program,
			"net-dir": folders.netDir,
			"bin-dir": folders.binDir,
			"run-dir": folders.runDir,
		};
		const own = Object.entries(values).flatMap(([name, value]) => [`--${name}`, `${value}`]);
		const [program = "", ...args] = [...prefix, agentProgram, "agent", ...own, ...flags];
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
		this.#child = child;
		this.#adminPort = adminPort;
		createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(JSON.parse(line)));
		child.stderr.on("data", (text) => {
			this.complaints += text;
		});
		this.exit = once(child, "close").then(([status, signal]) => status ?? signal);
	}

	/** Answers when it has looked for the first time. */
	static async start(folders: NodeFolders, settings: ProcessSettings = {}): Promise<AgentProcess> {
		const agent = new AgentProcess(folders, await freePort(), settings);
		const died = agent.exit.then((status) => {
			throw new Error(`ended with ${status}: ${agent.complaints}`);
		});
		await Promise.race([agent.#looked(), died]);
		died.catch(() => undefined);
		return agent;
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	async ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
		const response = await fetch(`http://127.0.0.1:${this.#adminPort}${path}`);
		return { status: response.status, body: await response.text() };
	}

	async metric(name: string): Promise<number> {
		const { body } = await this.ask("/metrics");
		return Number(new RegExp(`^${name} (.+)$`, "m").exec(body)?.[1] ?? Number.NaN);
	}

	async stop(): Promise<void> {
		this.kill("SIGKILL");
		await this.exit;
	}

	async #looked(): Promise<void> {
		while (!((await this.metric("shunt_agent_looks_total").catch(() => 0)) > 0)) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
}
