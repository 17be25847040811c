import { closeSync, constants, openSync } from "node:fs";
import { type Errno, hostError } from "../host/errno.ts";
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
		throwErrno(path, setNetns(descriptor, libc));
	} finally {
		closeSync(descriptor);
	}
}

/** What is said of {@link enterNetns} holds here too. */
export function enterNewNetns(libc: Libc): void {
	throwErrno("a new network namespace", unshareNetns(libc));
}

function throwErrno(subject: string, errno: Errno | undefined): void {
	if (errno !== undefined) {
		throw hostError(subject, errno);
	}
}

/** Moves the calling thread to the namespace of a descriptor. Answers with what was in the way. */
export function setNetns(descriptor: number, libc: Libc): Errno | undefined {
	return libc.setns(descriptor, newNetworkNamespace) === 0 ? undefined : errnoOf(libc.errno());
}

/** Moves the calling thread to a namespace that is made for it. Answers with what was in the way. */
export function unshareNetns(libc: Libc): Errno | undefined {
	return libc.unshare(newNetworkNamespace) === 0 ? undefined : errnoOf(libc.errno());
}
