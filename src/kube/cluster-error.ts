import { attempt } from "../domain/attempt.ts";
import { harmless } from "../domain/harmless.ts";

/**
 * Why the cluster could not be asked: nobody answers, not in time, it does not know us, it does not let us, or it
 * answered something else.
 */
type ClusterErrorCode = "unreachable" | "timeout" | "unauthorized" | "forbidden" | "failed";

/** A failed request, in one sentence that names the server. */
export class ClusterError extends Error {
	override readonly name = "ClusterError";
	readonly code: ClusterErrorCode;

	constructor(code: ClusterErrorCode, message: string, cause: unknown) {
		// It quotes what a server says.
		super(harmless(message), { cause });
		this.code = code;
	}
}

/** Classified by HTTP status and by error codes, never by what a message says. */
export function clusterErrorOf(error: unknown, server: string): ClusterError {
	if (error instanceof ClusterError) {
		return error;
	}
	const status = fieldOf(error, "code");
	if (typeof status === "number") {
		return ofStatus(status, error, server);
	}
	if (fieldOf(error, "name") === "AbortError" || fieldOf(error, "name") === "TimeoutError") {
		return new ClusterError("timeout", `${server} did not answer in time`, error);
	}
	const reason = firstLine(error instanceof Error ? error.message : String(error));
	return typeof status === "string"
		? new ClusterError("unreachable", `${server} cannot be reached: ${reason}`, error)
		: new ClusterError("failed", `${server} answered something unexpected: ${reason}`, error);
}

/** HTTP's words for an answer that refuses. */
function ofStatus(status: number, error: unknown, server: string): ClusterError {
	const reason = statusMessage(fieldOf(error, "body"));
	const because = reason === undefined ? "" : `: ${reason}`;
	switch (status) {
		case 401:
			return new ClusterError("unauthorized", `${server} does not accept these credentials${because}`, error);
		case 403:
			return new ClusterError("forbidden", `${server} does not allow this${because}`, error);
		default:
			return new ClusterError("failed", `${server} answered ${status}${because}`, error);
	}
}

/** True for an answer that there is no such object. */
export function isNotFound(error: unknown): boolean {
	return fieldOf(error, "code") === 404;
}

/** True for an answer that somebody else has changed the object meanwhile. */
export function isConflict(error: unknown): boolean {
	return fieldOf(error, "code") === 409;
}

/** The message of a Kubernetes Status, which the client leaves as text. */
function statusMessage(body: unknown): string | undefined {
	const status = typeof body === "string" ? attempt((): unknown => JSON.parse(body)) : body;
	const message = fieldOf(status, "message");
	return typeof message === "string" && message !== "" ? firstLine(message) : undefined;
}

function firstLine(text: string): string {
	return text.split("\n", 1)[0] ?? "";
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
