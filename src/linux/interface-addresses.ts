import { formatAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { addressesIn, dumpAddresses } from "../wire/addresses.ts";
import { machineOrder } from "./byte-string.ts";
import type { Libc } from "./libc.ts";
import { askNetlink } from "./netlink-socket.ts";

export interface InterfaceAddress {
	/** The interface's name. */
	readonly interface: string;
	readonly isLoopback: boolean;
	readonly family: Family;
	/** In its shortest form, without a zone. */
	readonly address: string;
	/** Length of its subnet's prefix, in bits. */
	readonly prefix: number;
}

/** The loopback interface's number in each network namespace: LOOPBACK_IFINDEX in include/net/flow.h. */
const loopback = 1;

/** How often an answer may be torn by addresses that come and go meanwhile. */
const attempts = 5;

/**
 * All addresses in the network namespace that this thread is in, also of interfaces without a carrier. Node's
 * `os.networkInterfaces()` leaves those out (libuv asks for IFF_RUNNING: uv__ifaddr_exclude in src/unix/linux.c), and the two
 * ends of a veth(4) can be without one for a second after both came up, while they already take and send packets
 * (net/core/link_watch.c). Throws errno(3)'s name where the kernel does not tell.
 */
export function interfaceAddresses(libc: Libc): InterfaceAddress[] {
	const name = Buffer.alloc(16); // IF_NAMESIZE
	return dumped(libc).flatMap(({ index, bytes, prefix }) => {
		const family = bytes.length === 4 ? "ipv4" : "ipv6";
		const address = formatAddress({ family, bytes: [...Buffer.from(bytes, "latin1")] });
		// It can have gone meanwhile, and its addresses with it.
		const named = libc.if_indextoname(index, name);
		return named === null
			? []
			: [{ interface: named, isLoopback: index === loopback, family, address, prefix }];
	});
}

function dumped(libc: Libc) {
	for (let attempt = 0; attempt < attempts; attempt++) {
		const answer = askNetlink(libc, dumpAddresses(machineOrder), "route");
		if ("name" in answer) {
			throw new Error(`the kernel does not tell the interfaces' addresses: ${answer.name}`);
		}
		const all = addressesIn(answer, machineOrder);
		if (all !== undefined) {
			return all;
		}
	}
	throw new Error("the kernel does not tell the interfaces' addresses: they change all the time");
}
