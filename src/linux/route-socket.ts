import { parseAddress } from "../domain/cidr.ts";
import { messagesIn } from "../wire/attributes.ts";
import { type Bytes, cString, u8, words, zeros } from "../wire/bytes.ts";
import { machineOrder } from "./byte-string.ts";
import { errnoOf } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { OpenNetlink } from "./netlink-socket.ts";
import { addressFamilies } from "./sockaddr.ts";

// linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/veth.h
const [newLink, deleteLink, newAddress] = [16, 17, 20];
const [create, exclusive] = [0x400, 0x200];
const [interfaceName, linkInfo, namespaceDescriptor] = [3, 18, 28];
const [linkKind, linkData, vethPeer] = [1, 2, 1];
const [prefixAddress, localAddress, addressFlags] = [1, 2, 8];
const skipDuplicateCheck = 0x02; // IFA_F_NODAD
const up = 1; // IFF_UP
const [request, acknowledge, errorMessage] = [1, 4, 2]; // NLM_F_REQUEST, NLM_F_ACK, NLMSG_ERROR
const { u32, u32At, attribute, message } = words[machineOrder];

/** Speaks rtnetlink(7). Throws errno(3)'s name. */
export class RouteSocket {
	readonly #socket: OpenNetlink;

	constructor(libc: Libc) {
		const socket = OpenNetlink.open(libc, "route");
		if (!(socket instanceof OpenNetlink)) {
			throw new Error(socket.name);
		}
		this.#socket = socket;
	}

	/** A pair of veth(4): one end here, the other in the namespace of a descriptor. Both are down. */
	addPair(name: string, peer: { readonly name: string; readonly namespace: number }): void {
		const other =
			linkBody(0, 0) +
			attribute(interfaceName, cString(peer.name)) +
			attribute(namespaceDescriptor, u32(peer.namespace));
		const kind = attribute(linkKind, cString("veth")) + attribute(linkData, attribute(vethPeer, other));
		this.#request(
			newLink,
			create | exclusive,
			linkBody(0, 0) + attribute(interfaceName, cString(name)) + attribute(linkInfo, kind),
		);
	}

	/** Usable at once: nobody else can have it. */
	addAddress(index: number, address: string, prefix: number): void {
		const { family = "ipv4", bytes = [] } = parseAddress(address) ?? {};
		const content = String.fromCharCode(...bytes);
		this.#request(
			newAddress,
			create | exclusive,
			// struct ifaddrmsg
			u8(addressFamilies[family]) +
				u8(prefix) +
				zeros(2) +
				u32(index) +
				attribute(localAddress, content) +
				attribute(prefixAddress, content) +
				attribute(addressFlags, u32(skipDuplicateCheck)),
		);
	}

	setUp(index: number): void {
		this.#request(newLink, 0, linkBody(index, up));
	}

	removeLink(index: number): void {
		this.#request(deleteLink, 0, linkBody(index, 0));
	}

	close(): void {
		this.#socket.close();
	}

	#request(type: number, flags: number, body: Bytes): void {
		const header = { type, flags: flags | request | acknowledge, sequence: 1 };
		const answer = this.#socket.ask(message(header, body));
		if ("name" in answer) {
			throw new Error(answer.name);
		}
		const [bytes = ""] = answer;
		const [acknowledged] = messagesIn(bytes, words[machineOrder]) ?? [];
		if (acknowledged?.type !== errorMessage) {
			throw new Error("the kernel does not acknowledge");
		}
		const errno = u32At(bytes, acknowledged.start) | 0;
		if (errno !== 0) {
			throw new Error(errnoOf(errno).name);
		}
	}
}

/** struct ifinfomsg */
function linkBody(index: number, flags: number): Bytes {
	return zeros(4) + u32(index) + u32(flags) + u32(flags);
}
