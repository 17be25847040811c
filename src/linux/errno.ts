import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { Errno } from "../host/errno.ts";

/** What libuv's table lacks of execve(2)'s errors. */
const unlisted = new Map<number, string>([[8, "exec format error"]]);
/** Of two names for a number, libuv's table has POSIX's. */
const otherwiseNamed = new Map<string, string>([["ENOTSUP", "EOPNOTSUPP"]]);

let systemErrors: ReturnType<typeof getSystemErrorMap> | undefined;

/** Takes the number in either sign: Node's errors carry it negated. */
export function errnoOf(number: number): Errno {
	const positive = Math.abs(number);
	// Node makes the map anew at each call, which takes longer than most system calls.
	systemErrors ??= getSystemErrorMap();
	const [name, message] = systemErrors.get(-positive) ?? [];
	return {
		// libuv's table lacks some that only sockets know, such as EINPROGRESS.
		name: otherwiseNamed.get(name ?? "") ?? name ?? nameInHeaders(positive) ?? `errno ${positive}`,
		number: positive,
		message: message ?? unlisted.get(positive) ?? `error ${positive}`,
	};
}

function nameInHeaders(errno: number): string | undefined {
	return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0];
}

export const invalidArgument: Errno = errnoOf(constants.errno.EINVAL);

/** The errno of an error that one of Node's own modules threw. Anything else is a mistake of ours and goes on. */
export function errnoOfThrown(thrown: unknown): Errno {
	if (thrown instanceof Error && "errno" in thrown && typeof thrown.errno === "number") {
		return errnoOf(thrown.errno);
	}
	// A path with a NUL character, which no file can have.
	if (thrown instanceof TypeError && "code" in thrown && thrown.code === "ERR_INVALID_ARG_VALUE") {
		return invalidArgument;
	}
	throw thrown;
}
