import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Netns } from "./netns.ts";

/** Hands `use` the id of a process in a namespace that does nothing, and ends it afterwards, also when `use` fails. */
export async function withSleeper<T>(netns: Netns, use: (pid: number) => T | Promise<T>): Promise<T> {
	const child = spawn("ip", ["netns", "exec", netns.name, "sleep", "600"], { stdio: "ignore" });
	try {
		return await use(await becomingSleep(child));
	} finally {
		const ended = once(child, "exit");
		child.kill("SIGKILL");
		await ended;
	}
}

/** `ip` enters the namespace and then becomes the program. */
async function becomingSleep({ pid }: ChildProcess): Promise<number> {
	if (pid === undefined) {
		throw new Error("ip could not be started");
	}
	for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
		if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "sleep") {
			return pid;
		}
	}
	throw new Error("ip did not become sleep");
}
