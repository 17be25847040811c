/** The error numbers that nfnetlink and xtables give meaning to, as in errno(3) on Linux's common architectures. */
export const errno = {
	notPermitted: 1,
	notThere: 2,
	interrupted: 4,
	accessDenied: 13,
	exists: 17,
	invalid: 22,
	stale: 85,
	notSupported: 95,
} as const;

const names: Readonly<Record<number, readonly [name: string, message: string]>> = {
	1: ["EPERM", "operation not permitted"],
	2: ["ENOENT", "no such file or directory"],
	4: ["EINTR", "interrupted system call"],
	11: ["EAGAIN", "resource temporarily unavailable"],
	13: ["EACCES", "permission denied"],
	12: ["ENOMEM", "not enough memory"],
	16: ["EBUSY", "resource busy or locked"],
	17: ["EEXIST", "file already exists"],
	22: ["EINVAL", "invalid argument"],
	23: ["ENFILE", "file table overflow"],
	24: ["EMFILE", "too many open files"],
	28: ["ENOSPC", "no space left on device"],
	34: ["ERANGE", "result too large"],
	36: ["ENAMETOOLONG", "name too long"],
	75: ["EOVERFLOW", "value too large for defined data type"],
	85: ["ERESTART", "interrupted system call should be restarted"],
	90: ["EMSGSIZE", "message too long"],
	92: ["ENOPROTOOPT", "protocol not available"],
	93: ["EPROTONOSUPPORT", "protocol not supported"],
	95: ["EOPNOTSUPP", "operation not supported"],
	97: ["EAFNOSUPPORT", "address family not supported"],
	105: ["ENOBUFS", "no buffer space available"],
};

/** `no such file or directory (ENOENT)`. */
export function errnoWords(number: number): string {
	const [name, message] = names[number] ?? [];
	return name === undefined ? `error ${number}` : `${message} (${name})`;
}
