import type { Family } from "../domain/family.ts";
import type { Libc } from "../linux/libc.ts";
import type { RouteSocket } from "../linux/route-socket.ts";
import type { Way } from "./probe.ts";

/** What one end of a wire is made with. */
export interface WireEnd {
	readonly socket: RouteSocket;
	/** Does something in the network namespace that this end is in. */
	readonly inside: <T>(act: () => T) => T;
}

/**
 * A wire from a neighbour to here, with addresses that are for documentation (RFC 5737, 3849). It is made from its far
 * end, so that it goes with the neighbour's namespace. Where a family is off, there is no way for it.
 */
export function makeWire(
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
