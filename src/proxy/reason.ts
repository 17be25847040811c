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
