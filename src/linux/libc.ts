import { createRequire } from "node:module";

/**
 * The system calls that Node has no function for, or none that does one thing alone. Node's sockets hide the moment at
 * which a connection is made (between two changes of the user or the namespace), its first packet's hop limit, and how
 * it is going while it is not there yet. Each answers -1 and {@link Libc.errno} like C does.
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
	/** With a struct that the kernel reads and fills in. */
	ioctl(descriptor: number, request: number, argument: Uint8Array): number;
	flock(descriptor: number, operation: number): number;
	/** The address of so much memory, or 0. */
	malloc(length: number): number | bigint;
	free(address: number | bigint): void;
	memcpy(to: Uint8Array, from: number | bigint, length: number): void;
	/** Changes this thread's alone, and answers with what it was before, whether it changed or not. */
	setfsuid(uid: number): number;
	setfsgid(gid: number): number;
	setns(descriptor: number, type: number): number;
	unshare(flags: number): number;
	if_nametoindex(name: string): number;
	/** Null where there is no such interface. The buffer holds the name in C (IF_NAMESIZE is 16). */
	if_indextoname(index: number, buffer: Uint8Array): string | null;
	/** Why the last call failed. */
	errno(): number;
}

const declarations: Readonly<Record<Exclude<keyof Libc, "errno">, string>> = {
	socket: "int socket(int domain, int type, int protocol)",
	bind: "int bind(int fd, const void *address, uint32_t length)",
	listen: "int listen(int fd, int backlog)",
	accept: "int accept4(int fd, _Out_ void *address, _Inout_ void *length, int flags)",
	connect: "int connect(int fd, const void *address, uint32_t length)",
	getsockname: "int getsockname(int fd, _Out_ void *address, _Inout_ void *length)",
	getsockopt: "int getsockopt(int fd, int level, int name, _Inout_ void *value, _Inout_ void *length)",
	setsockopt: "int setsockopt(int fd, int level, int name, const void *value, uint32_t length)",
	poll: "int poll(_Inout_ void *fds, unsigned long count, int milliseconds)",
	send: "intptr_t send(int fd, const void *bytes, size_t length, int flags)",
	recv: "intptr_t recv(int fd, _Out_ void *bytes, size_t length, int flags)",
	close: "int close(int fd)",
	ioctl: "int ioctl(int fd, unsigned long request, _Inout_ void *argument)",
	flock: "int flock(int fd, int operation)",
	malloc: "uintptr_t malloc(size_t length)",
	free: "void free(uintptr_t address)",
	memcpy: "void *memcpy(_Out_ void *to, uintptr_t from, size_t length)",
	setfsuid: "int setfsuid(uint32_t uid)",
	setfsgid: "int setfsgid(uint32_t gid)",
	setns: "int setns(int fd, int type)",
	unshare: "int unshare(int flags)",
	if_nametoindex: "unsigned int if_nametoindex(const char *name)",
	if_indextoname: "const char *if_indextoname(unsigned int index, _Out_ void *name)",
};

let loaded: Libc | undefined;

/**
 * The C library that Node itself runs on. Loads koffi when it is called and not before, since that takes about 12 ms
 * which most commands need not pay. Throws where koffi has no build for the platform.
 */
export function loadLibc(): Libc {
	loaded ??= load();
	return loaded;
}

function load(): Libc {
	const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
	const library = koffi.load(null);
	const libc: Pick<Libc, "errno"> = { errno: () => koffi.errno() };
	for (const [name, declaration] of Object.entries(declarations)) {
		// Declaring takes longer than calling, so that each is declared when it is first called.
		const declare = () => {
			const value = library.func(declaration);
			Object.defineProperty(libc, name, { value });
			return value;
		};
		Object.defineProperty(libc, name, { get: declare, enumerable: true, configurable: true });
	}
	return libc as Libc;
}
