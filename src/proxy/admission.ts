import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import { interfaceAddresses } from "../linux/interface-addresses.ts";
import { loadLibc } from "../linux/libc.ts";
import { NoOriginalDestination, type OriginalDestination } from "../linux/original-destination.ts";
import type { ErrorReason } from "./account.ts";
import { localEndpoint, type TcpHandle } from "./tcp-handle.ts";

/** Whether a connection is served. A refusal says why, and whatever is known by then. */
type Admission =
	| { readonly admitted: true; readonly server: Endpoint }
	| {
			readonly admitted: false;
			readonly server?: Endpoint;
			readonly reason: ErrorReason;
			readonly code?: string;
	  };

export interface Doorkeeper {
	readonly originalDestination: OriginalDestination;
	readonly guard: LoopGuard;
	isFull(): boolean;
}

export function admit(handle: TcpHandle, family: Family, client: Endpoint, keeper: Doorkeeper): Admission {
	if (keeper.isFull()) {
		return { admitted: false, reason: "limit" };
	}
	const asked = ask(keeper.originalDestination, handle, family);
	if ("code" in asked) {
		return { admitted: false, reason: "no-original-destination", code: asked.code };
	}
	const { guard } = keeper;
	return guard.isOwnListener(asked, () => localEndpoint(handle)) || guard.isOwnDial(client, asked)
		? { admitted: false, server: asked, reason: "loop" }
		: { admitted: true, server: asked };
}

/** Whatever goes wrong here must cost one connection and no more. */
function ask(originalDestination: OriginalDestination, handle: TcpHandle, family: Family) {
	try {
		return originalDestination(handle.fd, family);
	} catch (error) {
		return { code: error instanceof NoOriginalDestination ? error.code : String(error) };
	}
}

/**
 * Keeps the proxy from talking to itself, which would take connection after connection until descriptors run out.
 *
 * There are two ways into that. A connection made to one of our own ports has itself as its original destination.
 * And where the redirect rules do not exempt the proxy's user, what the proxy dials is redirected back to it: then a
 * connection is accepted whose source and original destination are those of one that we dialled, which cannot be
 * otherwise while both are open. A source port alone would not tell: connections to different destinations may share
 * it.
 */
export class LoopGuard {
	/** Of our listeners. */
	readonly ports = new Set<number>();
	readonly #dialled = new Set<string>();

	/** `local` is where the connection was accepted, which after a redirect is not where it was going. */
	isOwnListener(destination: Endpoint, local: () => Endpoint): boolean {
		return (
			this.ports.has(destination.port) &&
			(destination.address === local().address || isLocal(destination.address))
		);
	}

	/**
	 * Has to be told before the event loop goes on: the next thing it accepts may be this very connection. Answers
	 * what to {@link forget} when it is over.
	 */
	dialled(local: Endpoint, destination: Endpoint): string {
		const flow = flowOf(local, destination);
		this.#dialled.add(flow);
		return flow;
	}

	isOwnDial(client: Endpoint, destination: Endpoint): boolean {
		return this.#dialled.has(flowOf(client, destination));
	}

	forget(flow: string): void {
		this.#dialled.delete(flow);
	}
}

function flowOf(source: Endpoint, destination: Endpoint): string {
	return `${source.address} ${source.port} ${destination.address} ${destination.port}`;
}

/** All of 127.0.0.0/8 is this machine, and so is the unspecified address as a destination. */
function isLocal(address: string): boolean {
	return (
		address === "0.0.0.0" || address === "::" || /^127\.\d+\.\d+\.\d+$/.test(address) || isInterfaces(address)
	);
}

function isInterfaces(address: string): boolean {
	try {
		return interfaceAddresses(loadLibc()).some((own) => own.address === address);
	} catch {
		// One connection that is refused for nothing is less than a loop.
		return true;
	}
}
