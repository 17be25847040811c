import { closeSync, openSync } from "node:fs";
import type { Family } from "../domain/family.ts";
import type { Libc } from "../linux/libc.ts";
import { setNetns, unshareNetns } from "../linux/netns.ts";
import { RouteSocket } from "../linux/route-socket.ts";
import type { Way } from "./probe.ts";

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

/** What one end of a wire is made with. */
interface WireEnd {
	readonly socket: RouteSocket;
	/** Does something in the network namespace that this end is in. */
	readonly inside: <T>(act: () => T) => T;
}

/**
 * A wire from a neighbour to here, with addresses that are for documentation (RFC 5737, 3849). It is made from its far
 * end, so that it goes with the neighbour's namespace. Where a family is off, there is no way for it.
 */
function makeWire(
	libc: Libc,
	families: readonly Family[],
	ends: { readonly here: WireEnd; readonly hereDescriptor: number; readonly there: WireEnd },
): { readonly ways: Way[]; readonly remove: () => void } {
	const name = `shunt${drawn(2 ** 40).toString(36)}`;
	const { here, there } = ends;
	there.socket.addPair(name, { name, namespace: ends.hereDescriptor });
	const indexOf = (end: WireEnd) => end.inside(() => libc.if_nametoindex(name));
	const [near, far] = [indexOf(here), indexOf(there)];
	const ways = families.flatMap((family): Way[] => {
		const { source, target, prefix } = addressesOf(family);
		try {
			here.socket.addAddress(near, target, prefix);
			there.socket.addAddress(far, source, prefix);
			return [{ direction: "inbound", family, interface: name, source, target }];
		} catch {
			return [];
		}
	});
	here.socket.setUp(near);
	there.socket.setUp(far);
	return { ways, remove: () => there.socket.removeLink(far) };
}

/** Drawn by lot, since another validator may be at work in the same pod. */
function addressesOf(family: Family) {
	if (family === "ipv4") {
		const block = 4 * drawn(64);
		return { source: `198.51.100.${block + 1}`, target: `198.51.100.${block + 2}`, prefix: 30 };
	}
	const block = `2001:db8:${drawn(0xffff).toString(16)}:${drawn(0xffff).toString(16)}:`;
	return { source: `${block}:1`, target: `${block}:2`, prefix: 64 };
}

function drawn(below: number): number {
	return Math.floor(Math.random() * below);
}
