import { parseAddress } from "../domain/cidr.ts";
import { errnoOf } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
	acknowledgedErrno,
	acknowledgeFlag,
	encodeAttribute,
	encodeInteger,
	encodeMessage,
	encodeText,
} from "./netlink.ts";
import { type OpenNetlinkSocket, openNetlink } from "./netlink-socket.ts";
import { addressFamilies } from "./sockaddr.ts";

// linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/veth.h
const [newLink, deleteLink, newAddress] = [16, 17, 20];
const [create, exclusive] = [0x400, 0x200];
const [interfaceName, linkInfo, namespaceDescriptor] = [3, 18, 28];
const [linkKind, linkData, vethPeer] = [1, 2, 1];
const [prefixAddress, localAddress, addressFlags] = [1, 2, 8];
const skipDuplicateCheck = 0x02; // IFA_F_NODAD
const up = 1; // IFF_UP

/** Speaks rtnetlink(7). Throws errno(3)'s name. */
export class RouteSocket {
	readonly #libc: Libc;
	readonly #socket: OpenNetlinkSocket;

	constructor(libc: Libc) {
		const socket = openNetlink(libc, "route");
		if (!("send" in socket)) {
			throw new Error(socket.name);
		}
		this.#libc = libc;
		this.#socket = socket;
	}

	/** A pair of veth(4): one end here, the other in the namespace of a descriptor. Both are down. */
	addPair(name: string, peer: { readonly name: string; readonly namespace: number }): void {
		const other = this.#attribute(vethPeer, [
			...this.#linkBody(0, 0),
			...this.#attribute(interfaceName, encodeText(peer.name)),
			...this.#attribute(namespaceDescriptor, this.#u32(peer.namespace)),
		]);
		this.#request(newLink, create | exclusive, [
			...this.#linkBody(0, 0),
			...this.#attribute(interfaceName, encodeText(name)),
			...this.#attribute(linkInfo, [
				...this.#attribute(linkKind, encodeText("veth")),
				...this.#attribute(linkData, other),
			]),
		]);
	}

	/** Usable at once: nobody else can have it. */
	addAddress(index: number, address: string, prefix: number): void {
		const { family = "ipv4", bytes = [] } = parseAddress(address) ?? {};
		this.#request(newAddress, create | exclusive, [
			...[addressFamilies[family], prefix, 0, 0, ...this.#u32(index)], // struct ifaddrmsg
			...this.#attribute(localAddress, bytes),
			...this.#attribute(prefixAddress, bytes),
			...this.#attribute(addressFlags, this.#u32(skipDuplicateCheck)),
		]);
	}

	setUp(index: number): void {
		this.#request(newLink, 0, this.#linkBody(index, up));
	}

	removeLink(index: number): void {
		this.#request(deleteLink, 0, this.#linkBody(index, 0));
	}

	close(): void {
		this.#socket.close();
	}

	#request(type: number, flags: number, body: readonly number[]): void {
		const { order } = this.#socket;
		const message = encodeMessage({ type, flags: flags | acknowledgeFlag }, body, order);
		const answer = this.#socket.send(message) ? this.#socket.receive() : undefined;
		if (answer === undefined) {
			throw new Error(errnoOf(this.#libc.errno()).name);
		}
		const errno = acknowledgedErrno(answer, order);
		if (errno !== 0) {
			throw new Error(errno === undefined ? "the kernel does not acknowledge" : errnoOf(errno).name);
		}
	}

	/** struct ifinfomsg */
	#linkBody(index: number, flags: number): number[] {
		return [0, 0, 0, 0, ...this.#u32(index), ...this.#u32(flags), ...this.#u32(flags)];
	}

	#attribute(type: number, content: readonly number[]): number[] {
		return encodeAttribute(type, content, this.#socket.order);
	}

	#u32(value: number): number[] {
		return encodeInteger(value, 4, this.#socket.order);
	}
}
