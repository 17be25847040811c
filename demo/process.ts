import { type ChildProcess, spawn } from "node:child_process";
import type { CleanUp } from "./clean-up.ts";
import { namespaceOf } from "./namespaces.ts";
import type { Place } from "./world.ts";

export interface ProcessOptions {
	readonly place: Place;
	readonly uid: number;
	/** A program for this Node, and its arguments. */
	readonly argv: readonly string[];
	/** Whether it talks with us (Node's own channel between processes). */
	readonly talks?: boolean;
}

/**
 * Starts a process in a place under a user of its own. Three things are particular to a demo: it may read files that
 * only root can (the checkout may lie in root's home), it dies with us even if we are killed, and it is in a session of its own,
 * so that a terminal's Ctrl-C reaches us alone.
 */
export function startProcess(
	cleanUp: CleanUp,
	{ place, uid, argv, talks = false }: ProcessOptions,
): ChildProcess {
	const child = spawn(
		"ip",
		[
			...["netns", "exec", namespaceOf(place)],
			...["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups"],
			...["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"],
			...["--pdeathsig", "KILL", process.execPath, ...argv],
		],
		{ stdio: ["ignore", "ignore", "pipe", ...(talks ? (["ipc"] as const) : [])], detached: true },
	);
	cleanUp.add(() => child.kill("SIGKILL"));
	return child;
}

/** Rejects when the process ends or says nothing in time; the end of its standard error is why. */
export function failureOf(child: ChildProcess, name: string): Promise<never> {
	let said = "";
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		said = `${said}${text}`.slice(-2000);
	});
	return new Promise((_, reject) => {
		child.on("error", reject);
		child.on("exit", (status, signal) =>
			reject(new Error(`${name} ended (${signal ?? status}):\n${said.trim()}`)),
		);
	});
}
