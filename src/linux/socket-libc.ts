import { createRequire } from "node:module";
import { constants } from "node:os";

/**
 * The system calls of a socket, one by one. Node's sockets hide three things that a proof needs: the moment at which a
 * connection is made (between two changes of the user or the namespace), its first packet's hop limit, and how it is
 * going while it is not there yet. Each answers -1 and {@link Libc.errno} like C does.
 */
export interface Libc {
	socket(domain: number, type: number, protocol: number): number;
	bind(descriptor: number, address: Uint8Array, length: number): number;
	listen(descriptor: number, backlog: number): number;
	accept(descriptor: number, address: Uint8Array, length: Uint32Array, flags: number): number;
	connect(descriptor: number, address: Uint8Array, length: number): number;
	getsockname(descriptor: number, address: Uint8Array, length: Uint32Array): number;
	getsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: Uint32Array): number;
	setsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: number): number;
	poll(descriptors: Uint8Array, count: number, milliseconds: number): number;
	send(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
	recv(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
	close(descriptor: number): number;
	/** Changes this thread's alone, and answers with what it was before, whether it changed or not. */
	setfsuid(uid: number): number;
	setfsgid(gid: number): number;
	setns(descriptor: number, type: number): number;
	unshare(flags: number): number;
	if_nametoindex(name: string): number;
	/** errno(3)'s name of why the last call failed. */
	errno(): string;
	nameOf(errno: number): string;
}

/** Loads koffi when it is called and not before. Throws where koffi has no build for the platform. */
export function loadLibc(): Libc {
	const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
	const library = koffi.load(null);
	return {
		socket: library.func("int socket(int domain, int type, int protocol)"),
		bind: library.func("int bind(int fd, const void *address, uint32_t length)"),
		listen: library.func("int listen(int fd, int backlog)"),
		accept: library.func("int accept4(int fd, _Out_ void *address, _Inout_ void *length, int flags)"),
		connect: library.func("int connect(int fd, const void *address, uint32_t length)"),
		getsockname: library.func("int getsockname(int fd, _Out_ void *address, _Inout_ void *length)"),
		getsockopt: library.func(
			"int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ void *length)",
		),
		setsockopt: library.func(
			"int setsockopt(int fd, int level, int name, const void *value, uint32_t length)",
		),
		poll: library.func("int poll(_Inout_ void *fds, unsigned long count, int milliseconds)"),
		send: library.func("intptr_t send(int fd, const void *bytes, size_t length, int flags)"),
		recv: library.func("intptr_t recv(int fd, _Out_ void *bytes, size_t length, int flags)"),
		close: library.func("int close(int fd)"),
		setfsuid: library.func("int setfsuid(uint32_t uid)"),
		setfsgid: library.func("int setfsgid(uint32_t gid)"),
		setns: library.func("int setns(int fd, int type)"),
		unshare: library.func("int unshare(int flags)"),
		if_nametoindex: library.func("unsigned int if_nametoindex(const char *name)"),
		errno: () => errnoName(koffi.errno()),
		nameOf: errnoName,
	};
}

/** libuv's table, which is what node:util has, lacks some that only sockets know. */
function errnoName(errno: number): string {
	return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
