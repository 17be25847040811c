import { closeSync, openSync } from "node:fs";
import type { Family } from "../domain/family.ts";
import type { Libc } from "../linux/libc.ts";
import { setNetns, unshareNetns } from "../linux/netns.ts";
import { RouteSocket } from "../linux/route-socket.ts";
import type { Way } from "./probe.ts";
import { makeWire } from "./wire.ts";

/**
 * Somebody to connect from. A connection over loopback has met the output rules before it comes in, and its fate is
 * settled then (nf_nat_inet_fn asks for the first packet alone), so inbound rules only show to somebody outside. This
 * one lives in a network namespace without a name, at the other end of a wire of its own; both are gone with the
 * process, however it ends.
 */
export interface Neighbour {
	/** How it reaches us, for each family in which it does. */
	readonly ways: readonly Way[];
	/** Sockets that are opened meanwhile are the neighbour's. */
	inside<T>(act: () => T): T;
	/** Once is enough. */
	remove(): void;
}

/** Throws where it is not permitted, and leaves nothing behind then. */
export function makeNeighbour(libc: Libc, families: readonly Family[]): Neighbour {
	const undo: (() => void)[] = [];
	const onUndo = (act: () => void) => undo.unshift(act);
	const remove = () => {
		for (const act of undo.splice(0)) {
			act();
		}
	};
	try {
		const here = openSync(ownNamespace, "r");
		onUndo(() => closeSync(here));
		const there = makeNamespace(libc, here);
		onUndo(() => closeSync(there));
		const inside = <T>(act: () => T): T => {
			enter(libc, there);
			try {
				return act();
			} finally {
				enter(libc, here);
			}
		};
		const [near, far] = [new RouteSocket(libc), inside(() => new RouteSocket(libc))];
		onUndo(() => near.close());
		onUndo(() => far.close());
		const ends = {
			here: { socket: near, inside: <T>(act: () => T): T => act() },
			there: { socket: far, inside },
			hereDescriptor: here,
		};
		const wire = makeWire(libc, families, ends);
		onUndo(wire.remove);
		return { ways: wire.ways, inside, remove };
	} catch (error) {
		remove();
		throw error;
	}
}

/** The calling thread's, which setns(2) and unshare(2) change. */
const ownNamespace = "/proc/thread-self/ns/net";

function makeNamespace(libc: Libc, here: number): number {
	const failure = unshareNetns(libc);
	if (failure !== undefined) {
		throw new Error(failure.name);
	}
	try {
		return openSync(ownNamespace, "r");
	} finally {
		enter(libc, here);
	}
}

function enter(libc: Libc, namespace: number): void {
	const failure = setNetns(namespace, libc);
	if (failure !== undefined) {
		throw new Error(`setns: ${failure.name}`);
	}
}
