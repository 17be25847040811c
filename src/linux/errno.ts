import { getSystemErrorMap } from "node:util";
import type { Errno } from "../host/errno.ts";

/** What libuv's table lacks of execve(2)'s errors. */
const unlisted = new Map<number, Errno>([[8, { name: "ENOEXEC", message: "exec format error" }]]);

/** Takes the number in either sign: Node's errors carry it negated. */
export function errnoOf(number: number): Errno {
	const [name, message] = getSystemErrorMap().get(-Math.abs(number)) ?? [];
	if (name !== undefined && message !== undefined) {
		return { name, message };
	}
	return unlisted.get(Math.abs(number)) ?? { name: "EUNKNOWN", message: `error ${Math.abs(number)}` };
}

/** The errno of an error that one of Node's own modules threw. Anything else is a mistake of ours and goes on. */
export function errnoOfThrown(thrown: unknown): Errno {
	if (thrown instanceof Error && "errno" in thrown && typeof thrown.errno === "number") {
		return errnoOf(thrown.errno);
	}
	// A path with a NUL character, which no file can have.
	if (thrown instanceof TypeError && "code" in thrown && thrown.code === "ERR_INVALID_ARG_VALUE") {
		return { name: "EINVAL", message: "invalid argument" };
	}
	throw thrown;
}
