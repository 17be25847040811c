import { createRequire } from "node:module";
import type { LibraryHandle } from "koffi";

/** The few system calls that Node has no function for. Each answers -1 and {@link Libc.errno} like C does. */
export interface Libc {
	setns(descriptor: number, type: number): number;
	unshare(flags: number): number;
	socket(domain: number, type: number, protocol: number): number;
	send(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
	recv(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
	errno(): number;
}

/** Loads koffi when it is called and not before: that takes about 12 ms, which most commands need not pay. */
export function loadLibc(): Libc {
	const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
	const lib: LibraryHandle = koffi.load(null);
	return {
		setns: lib.func("int setns(int fd, int nstype)"),
		unshare: lib.func("int unshare(int flags)"),
		socket: lib.func("int socket(int domain, int type, int protocol)"),
		send: lib.func("intptr_t send(int fd, const void *bytes, size_t length, int flags)"),
		recv: lib.func("intptr_t recv(int fd, _Out_ void *bytes, size_t length, int flags)"),
		errno: () => koffi.errno(),
	};
}
