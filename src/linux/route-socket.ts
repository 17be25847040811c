import { parseAddress } from "../domain/cidr.ts";
import {
	type Attribute,
	acknowledgedError,
	attribute,
	concat,
	netlinkMessage,
	text,
	u16,
	u32,
} from "./netlink-message.ts";
import type { Libc } from "./socket-libc.ts";

// linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/veth.h
const [newLink, deleteLink, newAddress] = [16, 17, 20];
const [create, exclusive] = [0x400, 0x200];
const [interfaceName, linkInfo, namespaceDescriptor] = [3, 18, 28];
const [linkKind, linkData, vethPeer] = [1, 2, 1];
const [prefixAddress, localAddress, addressFlags] = [1, 2, 8];
const skipDuplicateCheck = 0x02; // IFA_F_NODAD
const up = 1; // IFF_UP
const [netlink, rawCloseOnExec, route] = [16, 3 | 0o2000000, 0];

/** Speaks rtnetlink(7) in the network namespace in which it was opened, for as long as it is open. Throws errno(3)'s name. */
export class RouteSocket {
	readonly #libc: Libc;
	readonly #descriptor: number;

	constructor(libc: Libc) {
		this.#libc = libc;
		this.#descriptor = libc.socket(netlink, rawCloseOnExec, route);
		if (this.#descriptor < 0) {
			throw new Error(libc.errno());
		}
	}

	/** A pair of veth(4): one end here, the other in the namespace of a descriptor. Both are down. */
	addPair(name: string, peer: { readonly name: string; readonly namespace: number }): void {
		const other = attribute(
			vethPeer,
			linkBody(0, 0),
			attribute(interfaceName, text(peer.name)),
			attribute(namespaceDescriptor, u32(peer.namespace)),
		);
		this.#request(newLink, create | exclusive, linkBody(0, 0), [
			attribute(interfaceName, text(name)),
			attribute(linkInfo, attribute(linkKind, text("veth")), attribute(linkData, other)),
		]);
	}

	/** Usable at once: nobody else can have it. */
	addAddress(index: number, address: string, prefix: number): void {
		const bytes = Uint8Array.from(parseAddress(address)?.bytes ?? []);
		const family = bytes.length === 4 ? 2 : 10;
		this.#request(newAddress, create | exclusive, concat([Uint8Array.of(family, prefix, 0, 0), u32(index)]), [
			attribute(localAddress, bytes),
			attribute(prefixAddress, bytes),
			attribute(addressFlags, u32(skipDuplicateCheck)),
		]);
	}

	setUp(index: number): void {
		this.#request(newLink, 0, linkBody(index, up), []);
	}

	removeLink(index: number): void {
		this.#request(deleteLink, 0, linkBody(index, 0), []);
	}

	close(): void {
		this.#libc.close(this.#descriptor);
	}

	/** The kernel has queued its answer before send(2) returns. */
	#request(type: number, flags: number, body: Uint8Array, attributes: readonly Attribute[]): void {
		const message = netlinkMessage(type, flags, body, attributes);
		const answer = new Uint8Array(8192);
		const isDone =
			this.#libc.send(this.#descriptor, message, message.length, 0) === message.length &&
			this.#libc.recv(this.#descriptor, answer, answer.length, 0) > 0;
		if (!isDone) {
			throw new Error(this.#libc.errno());
		}
		const error = acknowledgedError(answer);
		if (error !== 0) {
			throw new Error(this.#libc.nameOf(error));
		}
	}
}

/** struct ifinfomsg */
function linkBody(index: number, flags: number): Uint8Array {
	return concat([Uint8Array.of(0, 0), u16(0), u32(index), u32(flags), u32(flags)]);
}
