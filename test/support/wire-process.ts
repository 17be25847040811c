import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Netns } from "./netns.ts";

const script = fileURLToPath(new URL("wire-helper.mjs", import.meta.url));

export interface Dial {
	readonly host: string;
	readonly port: number;
	/** The address to connect from, where that is not left to the kernel. */
	readonly from?: string;
}

/** A process in a network namespace that listens and connects for a test. */
export interface WireProcess {
	/** What each connection met: `LABEL PORT` of who answered, or `refused`. All are made at the same time. */
	dial(dials: readonly Dial[]): Promise<string[]>;
	stop(): void;
}

export interface WireOptions {
	readonly label: string;
	readonly uid?: number;
	readonly gid?: number;
	readonly listenOn?: readonly number[];
}

export async function startWireProcess(netns: Netns, options: WireOptions): Promise<WireProcess> {
	const { label, uid = 0, gid = 0, listenOn = [] } = options;
	const args = [script, label, uid, gid, ...listenOn].map(String);
	const child = spawn("ip", ["netns", "exec", netns.name, process.execPath, ...args], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const lines = createInterface({ input: child.stdout });
	await nextLine(child, lines);
	return {
		dial: async (dials) => {
			if (dials.length === 0) {
				return [];
			}
			child.stdin.write(`${JSON.stringify(dials)}\n`);
			return JSON.parse(await nextLine(child, lines));
		},
		stop: () => {
			child.kill("SIGKILL");
		},
	};
}

function nextLine(child: ChildProcess, lines: Interface): Promise<string> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error("no answer from a helper process")), 30_000);
		const onExit = () => reject(new Error("a helper process ended too early"));
		child.once("exit", onExit);
		lines.once("line", (line) => {
			clearTimeout(timer);
			child.off("exit", onExit);
			resolve(line);
		});
	});
}
