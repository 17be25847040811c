import { type Family, families } from "../domain/family.ts";
import type { Host } from "../host/host.ts";
import { dumpConnections, readConnections, type TrackedConnection } from "../wire/conntrack.ts";
import type { Dump } from "../wire/dump.ts";
import { errno, errnoWords } from "../wire/errno-words.ts";
import { socketsInProc } from "../wire/proc-sockets.ts";
import { dumpSockets, readSockets, type SocketFacts } from "../wire/sock-diag.ts";

/** What the kernel tells of a network namespace's connections. */
export interface Gathered {
	/** Undefined where they could not be read. */
	readonly tracked: readonly TrackedConnection[] | undefined;
	readonly sockets: readonly SocketFacts[];
	readonly unread: readonly Unread[];
}

/** Something that is there, or may be, and that we know nothing about. */
export interface Unread {
	readonly what: "tracked connections" | "sockets" | "owners" | "rules";
	/** A clause without a full stop, which also says what to do about it where there is something. */
	readonly why: string;
	readonly code: "not-permitted" | "refused" | "missing-tool";
	/** What was read is not all, but this does not touch what we say of the rest. */
	readonly isMinor?: true;
}

/**
 * Sockets first: what is connected in between then shows as a connection whose owner is not known, and not as a socket that
 * nothing tracks.
 */
export function gather(host: Host): Gathered {
	const unread: Unread[] = [];
	const sockets = families.flatMap((family) => socketsOf(host, family, unread));
	const dump = askUntilWhole(() => {
		const answer = host.netlink(dumpConnections(host.byteOrder()));
		return "name" in answer ? refusedBy(answer) : readConnections(answer, host.byteOrder());
	});
	if (dump.kind !== "told") {
		return { tracked: undefined, sockets, unread: [...unread, whyUntold(dump)] };
	}
	return { tracked: dump.found, sockets, unread: [...unread, ...spoiltOnes(dump.spoilt)] };
}

type NotTold = Exclude<Dump, { readonly kind: "told" }>;

function refusedBy({ number }: { readonly number: number }): NotTold {
	return { kind: "refused", errno: number };
}

/** What changes all the time may never be told whole. */
const mostTries = 5;

function askUntilWhole<T extends { readonly kind: string }>(ask: () => T): T {
	let answer = ask();
	for (let tries = 1; answer.kind === "torn" && tries < mostTries; tries++) {
		answer = ask();
	}
	return answer;
}

/** ctnetlink's own words for what is in the way (nfnetlink_rcv and nfnetlink_rcv_msg of net/netfilter/nfnetlink.c). */
function whyUntold(dump: NotTold): Unread {
	const what = "tracked connections";
	if (dump.kind !== "refused") {
		return { what, why: unclear[dump.kind], code: "refused" };
	}
	switch (dump.errno) {
		case errno.notPermitted:
		case errno.accessDenied:
			return {
				what,
				why: "reading them takes the capability NET_ADMIN in the namespace's user namespace",
				code: "not-permitted",
			};
		case errno.invalid:
			return {
				what,
				why: "the kernel has no nf_conntrack_netlink to tell them by: modprobe nf_conntrack_netlink on the node",
				code: "refused",
			};
		case lacksProtocol:
			return {
				what,
				why: "the kernel has no nfnetlink to tell them by: modprobe nf_conntrack_netlink on the node",
				code: "refused",
			};
		default:
			return { what, why: `the kernel does not tell: ${errnoWords(dump.errno)}`, code: "refused" };
	}
}

const lacksProtocol = 93; // EPROTONOSUPPORT

const unclear: Readonly<Record<"torn" | "unreadable", string>> = {
	torn: `they changed each of the ${mostTries} times that they were asked for; try again`,
	unreadable: "the kernel's answer cannot be read",
};

function spoiltOnes(count: number): Unread[] {
	return count === 0
		? []
		: [
				{
					what: "tracked connections",
					why: `what the kernel says of ${count} of them cannot be read`,
					code: "refused",
				},
			];
}

function socketsOf(host: Host, family: Family, unread: Unread[]): readonly SocketFacts[] {
	const what = "sockets";
	const dump = askUntilWhole(() => {
		const answer = host.netlink(dumpSockets(family, host.byteOrder()), "sock-diag");
		return "name" in answer ? refusedBy(answer) : readSockets(answer, host.byteOrder());
	});
	if (dump.kind === "told") {
		if (dump.spoilt > 0) {
			unread.push({ what, why: `what the kernel says of ${dump.spoilt} cannot be read`, code: "refused" });
		}
		return dump.found;
	}
	// A kernel without tcp_diag, or a sandbox that does not let us ask: the second way is slower and tells the same.
	const table = host.readFile(`/proc/self/net/${family === "ipv4" ? "tcp" : "tcp6"}`);
	if (table !== undefined) {
		return socketsInProc(table, host.byteOrder());
	}
	unread.push({
		what,
		why:
			dump.kind === "refused"
				? `${family}: the kernel does not tell (${errnoWords(dump.errno)}): modprobe tcp_diag on the node`
				: `${family}: ${unclear[dump.kind]}`,
		code: dump.kind === "refused" && dump.errno === errno.notPermitted ? "not-permitted" : "refused",
	});
	return [];
}
