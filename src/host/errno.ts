import { HostError, type HostErrorCode } from "./host.ts";

/** An error number of the kernel with its two usual spellings. */
export interface Errno {
	/** As in errno(3): `ENOENT`. */
	readonly name: string;
	/** As strerror(3) says it, in lower case: `no such file or directory`. */
	readonly message: string;
}

const codes = new Map<string, HostErrorCode>([
	["ENOENT", "not-found"],
	["ENOTDIR", "not-found"],
	["EPERM", "not-permitted"],
	["EACCES", "not-permitted"],
	["EROFS", "not-permitted"],
	["EINVAL", "invalid"],
	["EISDIR", "invalid"],
]);

/** The error of an operation on a path: `/proc/1/ns/net: permission denied`. */
export function hostError(subject: string, errno: Errno): HostError {
	return new HostError(codes.get(errno.name) ?? "failed", `${subject}: ${errno.message}`);
}
