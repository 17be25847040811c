import { closeSync, constants, openSync } from "node:fs";
import { type Errno, hostError } from "../host/errno.ts";
import { errnoOf, errnoOfThrown } from "./errno.ts";
import type { Libc } from "./libc.ts";

const newNetworkNamespace = 0x40000000; // CLONE_NEWNET in linux/sched.h

/**
 * setns(2) moves one thread, not the process. That is enough here: Node's JavaScript runs on the thread group's
 * leader, which is where spawnSync forks (children inherit the forking thread's namespaces) and whose namespace
 * `/proc/self/net` shows. libuv's pool threads stay behind, so nothing after this may use asynchronous I/O on
 * sockets; programs that call it do one synchronous thing and exit. Who goes on afterwards comes back ({@link travel}).
 */
export function enterNetns(path: string, libc: Libc): void {
	let descriptor: number;
	try {
		// Not waiting for who writes into a pipe, which is no namespace anyway.
		descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
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

/** A thread that could not go back to where it came from: nothing that it does now is where it should be. */
export class StrandedInNetns extends Error {
	override readonly name = "StrandedInNetns";
}

/** Goes to the namespace of a path, or to one that is made for it, and does something there. */
export type Visit = <T>(path: string | undefined, act: () => T) => T;

/**
 * Pays visits to network namespaces, one after the other, and goes home at the end. All of it has to be synchronous, so
 * that nothing else of the program runs meanwhile: sockets stay where they were opened, and threads and children begin
 * where they are made. A visit throws what is in the way as HostError, and what its `act` throws; after
 * {@link StrandedInNetns} only a new process helps.
 */
export function travel<T>(libc: Libc, journey: (visit: Visit) => T): T {
	const home = openSync("/proc/thread-self/ns/net", constants.O_RDONLY);
	let isAway = false;
	try {
		return journey((path, act) => {
			if (path === undefined) {
				enterNewNetns(libc);
			} else {
				enterNetns(path, libc);
			}
			isAway = true;
			return act();
		});
	} finally {
		// Who may not leave may not come back either.
		const failure = isAway ? setNetns(home, libc) : undefined;
		closeSync(home);
		if (failure !== undefined) {
			// biome-ignore lint/correctness/noUnsafeFinally: it counts for more than whatever else was thrown.
			throw new StrandedInNetns(`the way back into the network namespace is barred: ${failure.message}`);
		}
	}
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
