import type { Log } from "../serving/log.ts";
import { type Direction, type Endpoint, formatEndpoint } from "./endpoint.ts";
import type { Reason } from "./reason.ts";

/** Who connected, to whom, and how it ended. */
export interface Account {
	readonly direction: Direction;
	readonly client: Endpoint;
	/** The original destination; unknown when the kernel was not asked or did not say. */
	readonly server?: Endpoint | undefined;
	/** Bytes from the client. */
	readonly sent: number;
	/** Bytes from the server. */
	readonly received: number;
	readonly milliseconds: number;
	readonly reason: Reason;
	/** The errno(3) name behind the reason. */
	readonly code?: string | undefined;
}

/** The one line that every connection leaves, served or not. */
export function logAccount(log: Log, account: Account): void {
	const { direction, client, server, sent, received, milliseconds, reason, code } = account;
	const write = reason === "closed" ? log.info : log.warn;
	write("connection closed", {
		direction,
		client: formatEndpoint(client),
		server: server && formatEndpoint(server),
		sent,
		received,
		ms: Math.round(milliseconds),
		reason,
		code,
	});
}
