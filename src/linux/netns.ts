import { closeSync, constants, openSync } from "node:fs";
import { hostError } from "../host/errno.ts";
import { errnoOf, errnoOfThrown } from "./errno.ts";
import type { Libc } from "./libc.ts";

const newNetworkNamespace = 0x40000000; // CLONE_NEWNET in linux/sched.h

/**
 * setns(2) moves one thread, not the process. That is enough here: Node's JavaScript runs on the thread group's
 * leader, which is where spawnSync forks (children inherit the forking thread's namespaces) and whose namespace
 * `/proc/self/net` shows. libuv's pool threads stay behind, so nothing after this may use asynchronous I/O on
 * sockets; programs that call it do one synchronous thing and exit, and it is never called in the agent.
 */
export function enterNetns(path: string, libc: Libc): void {
	let descriptor: number;
	try {
		descriptor = openSync(path, constants.O_RDONLY);
	} catch (thrown) {
		throw hostError(path, errnoOfThrown(thrown));
	}
	try {
		if (libc.setns(descriptor, newNetworkNamespace) !== 0) {
			throw hostError(path, errnoOf(libc.errno()));
		}
	} finally {
		closeSync(descriptor);
	}
}

/** unshare(2) moves the calling thread alone, so what is said of {@link enterNetns} holds here too. */
export function enterNewNetns(libc: Libc): void {
	if (libc.unshare(newNetworkNamespace) !== 0) {
		throw hostError("a new network namespace", errnoOf(libc.errno()));
	}
}
