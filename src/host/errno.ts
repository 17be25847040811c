import { type Errno, HostError, type HostErrorCode } from "./host.ts";

export type { Errno } from "./host.ts";

const codes = new Map<string, HostErrorCode>([
	["ENOENT", "not-found"],
	["ENOTDIR", "not-found"],
	["EPERM", "not-permitted"],
	["EACCES", "not-permitted"],
	["EROFS", "not-permitted"],
	["EINVAL", "invalid"],
	["EISDIR", "invalid"],
	["EILSEQ", "invalid"],
]);

/** The error of an operation on a path: `/proc/1/ns/net: permission denied`. */
export function hostError(subject: string, errno: Errno): HostError {
	return new HostError(codes.get(errno.name) ?? "failed", `${subject}: ${errno.message}`);
}
