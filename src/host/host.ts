import type { Family } from "../domain/family.ts";

/**
 * The port to the outside world: everything the node-side programs can see or touch. It is synchronous because
 * those programs do one short thing and exit, and small so that it can be implemented on Node, in a static native
 * binary and in memory alike. One contract suite (`test/contract`) runs against every implementation.
 */
export interface Host {
	/**
	 * Runs commands to their end and answers in their order. Where the implementation can, they run at the same time, and
	 * once all are on their way their inputs are made, in order, and then `whileRunning` is called. What these throw comes
	 * out of here when every child is gone. Nothing is inherited: a child sees only `PATH`, `LC_ALL=C` and the `XTABLES_*`
	 * variables, its standard input is `stdin`, and output is captured whole however long it is.
	 */
	run(commands: readonly Command[], whileRunning?: () => void): CommandResult[];

	/** The absolute path of an executable on `PATH`, or undefined. */
	find(program: string): string | undefined;

	/** The file's text, or undefined when there is none or it may not be read. */
	readFile(path: string): string | undefined;

	/** Replaces the content of an existing file. Throws {@link HostError}. */
	writeFile(path: string, text: string): void;

	/**
	 * Adds to the end of a file, at once, so that several programs may; makes it for its owner alone where there is none, but
	 * no folder. Waits for nobody: a pipe that no one reads is a failure. Throws {@link HostError}.
	 */
	appendFile(path: string, text: string): void;

	/** The names in a folder, in no particular order, or undefined when there is none or it may not be looked into. */
	entries(folder: string): readonly string[] | undefined;

	/**
	 * `DEVICE:INODE` of what a path leads to, the same for two paths that lead to the same thing, or undefined where
	 * nothing is. A namespace's inode is the number by which `ip netns` and `lsns` know it.
	 */
	fileIdentity(path: string): string | undefined;

	/**
	 * The same of the network namespace that this process is in: what `fileIdentity("/proc/self/ns/net")` tells, of which it
	 * is several times as fast where we may ask a socket (SIOCGSKNS of linux/sockios.h; CAP_NET_ADMIN, Linux 4.10).
	 */
	ownNetns(): string | undefined;

	env(name: string): string | undefined;

	/** All of standard input. Throws `invalid` where that is not UTF-8, and names the byte. */
	stdin(): string;

	/** Writes to standard output, where results for other programs go: all of it, or throws {@link HostError}. */
	stdout(text: string): void;

	/** Whether a person is likely to read standard output. */
	isTerminal(): boolean;

	/** Writes one line to standard error, where the log goes; what could steer a terminal in it is spelled out. */
	log(line: string): void;

	/**
	 * Moves this process into the network namespace that `path` names, for good (setns(2)). Throws
	 * {@link HostError}.
	 */
	enterNetns(path: string): void;

	/**
	 * Moves this process into a network namespace of its own, made for it, for good (unshare(2)). It goes, with all that
	 * is in it, when the process and its children are gone. Throws {@link HostError}.
	 */
	enterNewNetns(): void;

	/**
	 * The tables that nf_tables holds in this network namespace, or undefined when the kernel has no nf_tables or
	 * will not tell us. Costs one netlink round trip, no process.
	 */
	nftTables(): readonly NftTable[] | undefined;

	/**
	 * Why {@link nftTables} tells of none although there may be some: for want of permission, most often. Undefined where
	 * it tells, and where the kernel has no nf_tables.
	 */
	hiddenNftTables(): HiddenTables | undefined;

	/**
	 * Removes a table of nf_tables that holds nothing but empty base chains that accept, in one transaction that the kernel
	 * refuses where there is more. Answers whether it is gone.
	 */
	removeEmptyNftTable(table: NftTable): boolean;

	/** In which the machine has its numbers, and netlink its headers. */
	byteOrder(): "little" | "big";

	/** The kernel's version as uname(2) gives it: `6.18.44`, `5.14.0-427.13.1.el9_4.x86_64`. */
	kernelRelease(): string;

	/**
	 * The name of the interface with this number in this network namespace where it is a loopback interface, by SIOCGIFNAME
	 * and SIOCGIFFLAGS of netdevice(7), which take a twentieth of what a question by rtnetlink does. Undefined where there is
	 * none, where it is of another kind, and where the kernel does not tell.
	 */
	loopbackAt(index: number): string | undefined;

	/**
	 * Sends a request to nfnetlink in this network namespace, to rtnetlink or to sock_diag(7), on a socket of that namespace, and answers with
	 * the datagrams that came back, in order: all parts of a dump, or the acknowledgements that were asked for. Request and datagrams are byte
	 * strings, one character a byte; the request is one send(2), so it may hold several messages, of which one at most asks
	 * for a dump. The kernel has done its work before it returns (nfnetlink_rcv in net/netfilter/nfnetlink.c). With extended
	 * acknowledgements, and without the request in them (NETLINK_EXT_ACK, NETLINK_CAP_ACK of netlink(7)), where the kernel
	 * knows these. What comes back as {@link Errno} went wrong before the kernel looked at the request (`EPROTONOSUPPORT`:
	 * no nfnetlink), or lost its answer (`ENOBUFS`), after which it is unknown what was done. A request of which a
	 * character is no byte is `EINVAL`.
	 */
	netlink(request: string, protocol?: NetlinkProtocol): readonly string[] | Errno;

	/**
	 * One call of the sockopt interface of ip_tables or ip6_tables in this network namespace (linux/netfilter_ipv4/ip_tables.h,
	 * linux/netfilter/x_tables.h). The request is the whole struct as a byte string. Those that read ("info", "entries" and
	 * the revisions) answer with the same struct as the kernel filled it in, so that room for it has to be in the request.
	 * "replace" answers with the counters of the rules that were replaced, 16 bytes each; the pointer to them in the
	 * request, at offset 88, is set here. "add-counters" answers with nothing. 64-bit programs only: on others, where the
	 * structs differ, all are `ENOSYS`. Takes CAP_NET_ADMIN and no other: the socket is not a raw one unless the kernel
	 * insists on that.
	 */
	xtables(family: Family, operation: XtablesOperation, request: string): string | Errno;

	/**
	 * Takes the lock that iptables' tools take (flock(2) on a file, which is made with mode 0600 where it is missing; links
	 * are followed, as in xtables_lock of iptables/xshared.c). Waits so many milliseconds at most, which may be Infinity.
	 * Answers with what gives it back, or why it could not be had: `EAGAIN` where somebody else held it all the time.
	 */
	lock(path: string, waitMs: number): (() => void) | Errno;

	/** Milliseconds since the epoch, with a fraction. */
	now(): number;

	/** Does nothing for so long. */
	pause(milliseconds: number): void;

	/**
	 * Says this line on standard error once two seconds have passed, and every ten from then on, also while a command runs.
	 * Another line takes its place and does not start the clock anew; undefined calls it off.
	 */
	sayWhileSlow(line: string | undefined): void;
}

export interface Command {
	/** An absolute path, as {@link Host.find} gives it, and its arguments. Never a shell. */
	readonly argv: readonly [string, ...string[]];
	/**
	 * What it reads on standard input: a text, or what makes one while the program is already starting. A program that is
	 * given the latter must do nothing on less than the whole of it, since we might be killed while we hand it over.
	 * Should the making fail, the program is killed without having read anything.
	 */
	readonly stdin?: string | (() => string);
	/** After this long the child is killed. */
	readonly timeoutMs: number;
}

/** How a child process ended. */
export interface CommandResult {
	readonly outcome:
		| { readonly kind: "exited"; readonly code: number }
		| { readonly kind: "killed"; readonly signal: string }
		| { readonly kind: "timed-out" }
		/** It never ran: not there, not executable, no memory. */
		| { readonly kind: "not-started"; readonly reason: string };
	readonly stdout: string;
	readonly stderr: string;
}

/** That there may be tables which the kernel does not tell of. */
export interface HiddenTables {
	/** A clause that says what is in the way. */
	readonly why: string;
	readonly code: "not-permitted" | "refused";
}

export interface NftTable {
	/** `inet` is one table for both families. Tables of other families (arp, bridge, netdev) are not listed. */
	readonly family: Family | "inet";
	readonly name: string;
}

/** NETLINK_NETFILTER, which is meant where nothing is said, NETLINK_ROUTE and NETLINK_SOCK_DIAG. */
export type NetlinkProtocol = "netfilter" | "route" | "sock-diag";

/** IPT_SO_GET_INFO and its like, by what they do. */
export type XtablesOperation =
	| "info"
	| "entries"
	| "replace"
	| "add-counters"
	| "match-revision"
	| "target-revision";

/** An error number of the kernel with its usual spellings. */
export interface Errno {
	/** As in errno(3): `ENOENT`. */
	readonly name: string;
	/** On this architecture. */
	readonly number: number;
	/** As strerror(3) says it, in lower case: `no such file or directory`. */
	readonly message: string;
}

/** What went wrong when the host could not do what was asked. */
export type HostErrorCode = "not-found" | "not-permitted" | "invalid" | "failed";

/** A failure of the environment, never of the user's input. */
export class HostError extends Error {
	override readonly name = "HostError";
	readonly code: HostErrorCode;

	constructor(code: HostErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
