import { type Direction, type Endpoint, formatEndpoint } from "../domain/endpoint.ts";
import type { Fields, Log } from "../serving/log.ts";

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

/** A pod that is scanned, or whose server is down, would otherwise fill the node's disk. */
const intervalMs = 10_000;

interface Span {
	/** How many ended so since the last line about it. */
	unsaid: number;
	readonly timer: NodeJS.Timeout;
}

/**
 * What becomes of connections, in the log. One that ended well is a line for those who look closely; of those that did
 * not, the first of each kind is a warning, and how many followed it is another, no more often than every few seconds.
 */
export class AccountLog {
	readonly #log: Log;
	readonly #intervalMs: number;
	readonly #spans = new Map<string, Span>();

	constructor(log: Log, interval = intervalMs) {
		this.#log = log;
		this.#intervalMs = interval;
	}

	write(account: Account): void {
		const isNews = account.reason !== "closed" && this.#isFirst(account);
		(isNews ? this.#log.warn : this.#log.debug)("connection closed", fieldsOf(account));
	}

	/** Says what is still to be said, at the end. */
	close(): void {
		for (const [kind, span] of this.#spans) {
			clearInterval(span.timer);
			this.#tell(kind, span);
		}
		this.#spans.clear();
	}

	#isFirst({ direction, reason }: Account): boolean {
		const kind = `${direction} ${reason}`;
		const span = this.#spans.get(kind);
		if (span !== undefined) {
			span.unsaid++;
			return false;
		}
		const timer = setInterval(() => this.#pass(kind), this.#intervalMs);
		timer.unref();
		this.#spans.set(kind, { unsaid: 0, timer });
		return true;
	}

	/** A kind that did not come again is news when it does. */
	#pass(kind: string): void {
		const span = this.#spans.get(kind);
		if (span !== undefined && !this.#tell(kind, span)) {
			clearInterval(span.timer);
			this.#spans.delete(kind);
		}
	}

	#tell(kind: string, span: Span): boolean {
		const [direction, reason] = kind.split(" ");
		const connections = span.unsaid;
		span.unsaid = 0;
		if (connections > 0) {
			this.#log.warn("more connections closed for the same reason", { direction, reason, connections });
		}
		return connections > 0;
	}
}

function fieldsOf(account: Account): Fields {
	const { direction, client, server, sent, received, milliseconds, reason, code } = account;
	return {
		direction,
		client: formatEndpoint(client),
		server: server && formatEndpoint(server),
		sent,
		received,
		ms: Math.round(milliseconds),
		reason,
		code,
	};
}

/** How a connection ended. All but `closed` are errors, and every word is API: logs and metrics carry it. */
export const errorReasons = [
	/** Never served. */
	"limit",
	"loop",
	"no-original-destination",
	/** The server could not be reached. */
	"refused",
	"unreachable",
	"connect-timeout",
	"connect-failed",
	/** Cut short. */
	"client-reset",
	"server-reset",
	"idle",
	"drain",
	/** The kernel had a connection for us that could not be taken, as when descriptors run out. */
	"accept",
] as const;

export type ErrorReason = (typeof errorReasons)[number];

export type Reason = ErrorReason | "closed";

/** By the errno(3) name that connect(2) failed with. */
export function reasonOfConnectError(code: string | undefined): ErrorReason {
	return connectReasons.get(code ?? "") ?? "connect-failed";
}

const connectReasons: ReadonlyMap<string, ErrorReason> = new Map([
	["ECONNREFUSED", "refused"],
	// Reached, but reset before we could look.
	["ECONNRESET", "server-reset"],
	["ETIMEDOUT", "connect-timeout"],
	["EHOSTUNREACH", "unreachable"],
	["ENETUNREACH", "unreachable"],
	["EHOSTDOWN", "unreachable"],
	["EADDRNOTAVAIL", "unreachable"],
]);
