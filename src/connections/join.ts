import { parseAddress } from "../domain/cidr.ts";
import { localAddresses } from "../explain/local-addresses.ts";
import type { Host } from "../host/host.ts";
import { type Bytes, be16, zeros } from "../wire/bytes.ts";
import type { TrackedConnection } from "../wire/conntrack.ts";
import type { SocketFacts } from "../wire/sock-diag.ts";
import type { Connection, Direction, End, Tracking } from "./connection.ts";
import type { Gathered } from "./gather.ts";

/** What of a network namespace decides which end of a connection is which. */
export interface Place {
	/** Its addresses as byte strings; loopback addresses apart, which everybody has. */
	readonly addresses: ReadonlySet<Bytes>;
	/** Ports that the kernel gives to clients (ip_local_port_range of ip(7)). */
	readonly clientPorts: { readonly low: number; readonly high: number };
}

export function placeOf(host: Host): Place {
	const addresses = localAddresses(host).flatMap((text) => {
		const address = parseAddress(text);
		return address === undefined ? [] : [String.fromCharCode(...address.bytes)];
	});
	const range = host.readFile("/proc/sys/net/ipv4/ip_local_port_range") ?? "";
	const [low = 32_768, high = 60_999] = range.trim().split(/\s+/).filter(Boolean).map(Number);
	return { addresses: new Set(addresses), clientPorts: { low, high } };
}

/**
 * Puts connections together: those that are tracked, then those of sockets that belong to none of these. One at a time, since
 * there may be hundreds of thousands.
 */
export function* joinConnections({ tracked, sockets }: Gathered, place: Place): Generator<Connection> {
	const joiner = new Joiner(sockets, place);
	for (const connection of tracked ?? []) {
		yield joiner.tracked(connection);
	}
	yield* joiner.rest(tracked === undefined ? "unread" : "none");
}

class Joiner {
	readonly #place: Place;
	readonly #sockets: readonly SocketFacts[];
	readonly #byEnds = new Map<string, SocketFacts>();
	readonly #listening = new Set<string>();
	readonly #used = new Set<SocketFacts>();

	constructor(sockets: readonly SocketFacts[], place: Place) {
		this.#place = place;
		this.#sockets = sockets;
		for (const socket of sockets) {
			if (socket.state === "listen") {
				this.#listening.add(socket.local + be16(socket.localPort));
			} else if (socket.remotePort !== 0) {
				this.#byEnds.set(keyOf(localOf(socket), remoteOf(socket)), socket);
			}
		}
	}

	tracked(connection: TrackedConnection): Connection {
		const { family, original, reply, state, isPickedUp } = connection;
		const from = { address: original.source, port: original.sourcePort };
		const to = { address: original.destination, port: original.destinationPort };
		const wentTo = { address: reply.source, port: reply.sourcePort };
		const sender = this.#take(from, to);
		// Whoever it came to sees the source that answers go to, which is another where that was rewritten.
		const receiver = this.#take(wentTo, { address: reply.destination, port: reply.destinationPort });
		const ends = { family, state, tracking: isPickedUp ? "midway" : "whole" } as const;
		if (isPickedUp && same(wentTo, to) && this.#isBackwards(sender, receiver)) {
			// Its first packet that was seen was an answer.
			return this.#make({ ...ends, from: to, to: from, wentTo: from, sender: receiver, receiver: sender });
		}
		return this.#make({ ...ends, from, to, wentTo, sender, receiver });
	}

	/** Those of sockets that no tracked connection has claimed. */
	rest(tracking: Extract<Tracking, "none" | "unread">): Connection[] {
		const open = this.#sockets.filter(
			(socket) =>
				socket.remotePort !== 0 &&
				socket.state !== "listen" &&
				socket.state !== "close" &&
				!this.#used.has(socket),
		);
		const isServer = new Map(open.map((socket) => [socket, this.#isServer(socket)]));
		const takers = tracking === "unread" ? takersOf(open) : undefined;
		// Clients first: where both ends are here, they are one connection, which its client makes.
		return open
			.toSorted((a, b) => Number(isServer.get(a)) - Number(isServer.get(b)))
			.flatMap((socket) =>
				this.#used.has(socket) ? [] : [this.#untracked(socket, isServer.get(socket) === true, takers)],
			);
	}

	/** `takers` is undefined where conntrack was asked. */
	#untracked(socket: SocketFacts, isTaken: boolean, takers: Takers | undefined): Connection {
		const [near, far] = [localOf(socket), remoteOf(socket)];
		this.#used.add(socket);
		const mirrored = this.#take(far, near);
		// What is not tracked is not redirected.
		const other =
			mirrored ?? (isTaken || takers === undefined ? undefined : this.#takeRedirected(near, takers));
		const [from, to, sender, receiver] = isTaken ? [far, near, other, socket] : [near, far, socket, other];
		const known = sender !== undefined && receiver !== undefined ? localOf(receiver) : undefined;
		return this.#make({
			family: socket.family,
			state: stateOf(socket.state),
			tracking: takers === undefined ? "none" : "unread",
			from,
			to,
			wentTo: takers === undefined ? to : known,
			sender,
			receiver,
		});
	}

	#take(local: End, remote: End): SocketFacts | undefined {
		const socket = this.#byEnds.get(keyOf(local, remote));
		if (socket !== undefined) {
			this.#used.add(socket);
		}
		return socket;
	}

	/**
	 * The socket of this namespace that took the connection of a client of this namespace at another address or port than it
	 * was made to. Undefined where there are several, some of which are left of earlier ones.
	 */
	#takeRedirected(client: End, takers: Takers): SocketFacts | undefined {
		const [taker, ...others] = (takers.get(endKey(client)) ?? []).filter((one) => !this.#used.has(one));
		if (taker === undefined || others.length > 0) {
			return undefined;
		}
		this.#used.add(taker);
		return taker;
	}

	#make({ sender, receiver, ...ends }: Made): Connection {
		const { from, to, wentTo } = ends;
		const isMoved = wentTo !== undefined && !same(wentTo, to);
		return {
			...ends,
			direction: this.#directionOf(from, to, sender, receiver),
			isToLocal: this.#isHere(to),
			isRedirected: isMoved && this.#isHere(wentTo),
			sender: sender?.owner,
			receiver: receiver?.owner,
		};
	}

	#directionOf(
		from: End,
		to: End,
		sender: SocketFacts | undefined,
		receiver: SocketFacts | undefined,
	): Direction {
		if (sender !== undefined || this.#isHere(from)) {
			return "outbound";
		}
		return receiver !== undefined || this.#isHere(to) ? "inbound" : "forwarded";
	}

	#isBackwards(sender: SocketFacts | undefined, receiver: SocketFacts | undefined): boolean {
		if (sender !== undefined) {
			return receiver === undefined && this.#isServer(sender);
		}
		return receiver !== undefined && !this.#isServer(receiver);
	}

	/** Whether the connection was made to this socket: somebody listens there, or its port is none of a client's. */
	#isServer({ local, localPort, remotePort }: SocketFacts): boolean {
		const port = be16(localPort);
		const isListening = [local, any.ipv6, ...(local.length === 4 ? [any.ipv4] : [])].some((address) =>
			this.#listening.has(address + port),
		);
		return isListening || (this.#isClientPort(remotePort) && !this.#isClientPort(localPort));
	}

	#isClientPort(port: number): boolean {
		const { low, high } = this.#place.clientPorts;
		return low <= port && port <= high;
	}

	#isHere({ address }: End): boolean {
		return isLoopback(address) || this.#place.addresses.has(address);
	}
}

/** By the end that they see as the other one. */
type Takers = ReadonlyMap<string, readonly SocketFacts[]>;

function takersOf(sockets: readonly SocketFacts[]): Takers {
	const takers = new Map<string, SocketFacts[]>();
	for (const socket of sockets) {
		const client = endKey(remoteOf(socket));
		const known = takers.get(client);
		if (known === undefined) {
			takers.set(client, [socket]);
		} else {
			known.push(socket);
		}
	}
	return takers;
}

type Made = Omit<Connection, "direction" | "isToLocal" | "isRedirected" | "sender" | "receiver"> & {
	readonly sender: SocketFacts | undefined;
	readonly receiver: SocketFacts | undefined;
};

const any = { ipv4: zeros(4), ipv6: zeros(16) } as const;

function isLoopback(address: Bytes): boolean {
	return address.length === 4 ? address.startsWith("\x7f") : address === `${zeros(15)}\x01`;
}

function localOf({ local, localPort }: SocketFacts): End {
	return { address: local, port: localPort };
}

function remoteOf({ remote, remotePort }: SocketFacts): End {
	return { address: remote, port: remotePort };
}

function keyOf(local: End, remote: End): string {
	return endKey(local) + endKey(remote);
}

function endKey({ address, port }: End): string {
	return address + be16(port);
}

export function same(a: End, b: End): boolean {
	return a.port === b.port && a.address === b.address;
}

function stateOf(state: SocketFacts["state"]): Connection["state"] {
	return state === "listen" ? "none" : state;
}
