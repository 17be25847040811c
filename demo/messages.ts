import type { Endpoint } from "./socket-table.ts";

/** What the demo asks of a process that lives in one of the places. */
export type Request =
	| { readonly id: number; readonly kind: "connect"; readonly to: Endpoint }
	| { readonly id: number; readonly kind: "fetch"; readonly url: string };

export type Answer =
	| { readonly id: number; readonly kind: "connected"; readonly meeting: Meeting }
	| { readonly id: number; readonly kind: "fetched"; readonly status: number; readonly body: string }
	| { readonly id: number; readonly kind: "failed"; readonly reason: string };

/** Sent once, when all ports are open. */
export interface Ready {
	readonly kind: "ready";
}

/** A connection as both of its ends saw it. */
export interface Meeting {
	/** The caller's own end. */
	readonly caller: Endpoint;
	/** The other end of the connection that reached the server. Not the caller's own when somebody stands between. */
	readonly seen: Endpoint;
	/** Whose socket that is. */
	readonly seenUid?: number;
}

/** The line with which every server greets. */
export interface Greeting {
	readonly seen: Endpoint;
	/** Absent when that socket is not in the server's own network namespace. */
	readonly seenUid?: number;
}
