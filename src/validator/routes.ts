import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type Cidr, formatAddress, parseAddress, parseCidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { type InterfaceAddress, interfaceAddresses } from "../linux/interface-addresses.ts";
import type { Libc } from "../linux/libc.ts";
import { TcpSocket } from "../linux/tcp-socket.ts";

/** A way out of the pod, and an address at its end that nobody has. */
export interface Route {
	readonly interface: string;
	/** The pod's address on it. */
	readonly source: string;
	readonly target: string;
}

/** Blocks that are for documentation or to be discarded, and so lead nowhere (RFC 5737, 3849, 9637, 6666). */
const nowhere: Readonly<Record<Family, readonly string[]>> = {
	ipv4: ["192.0.2.2", "198.51.100.2", "203.0.113.2"],
	ipv6: ["2001:db8::2", "3fff::2", "100::2"],
};

/**
 * Everywhere that this pod can send to without meeting anybody. A packet only gets as far as the output rules when the
 * kernel has a route for it, so these are asked for, with sockets that send nothing. Binding to an interface would do
 * without a route, but then the kernel keeps to that interface after the redirect too (ip_route_me_harder).
 */
export function findRoutes(libc: Libc, family: Family): Route[] {
	const own = interfaceAddresses(libc).filter((each) => each.family === family && !each.isLoopback);
	const targets = [...nowhere[family], ...own.flatMap(neighboursOfNobody)];
	return targets.flatMap((target) => {
		const source = sourceFor(libc, family, target);
		const found = own.find(({ address }) => address === source);
		return source === undefined || found === undefined
			? []
			: [{ interface: found.interface, source, target }];
	});
}

function sourceFor(libc: Libc, family: Family, target: string): string | undefined {
	const socket = TcpSocket.open(libc, family, "datagram");
	if (typeof socket === "string") {
		return undefined;
	}
	try {
		const failure = socket.connect({ address: target, port: 9 });
		return failure === undefined ? socket.local()?.address : undefined;
	} finally {
		socket.close();
	}
}

/**
 * For a pod whose only routes are to its own subnets. Of an IPv4 subnet that is the first address, which no machine
 * gets; an IPv6 subnet has so many that a made-up one is nobody's.
 */
function neighboursOfNobody({ address, prefix }: InterfaceAddress): string[] {
	if (/^fe[89ab]/.test(address)) {
		return [];
	}
	const subnet = parseCidr(`${address}/${prefix}`, "interface");
	return subnet.ok ? nobodyIn(subnet.value) : [];
}

function nobodyIn({ family, network, prefix }: Cidr): string[] {
	if (family === "ipv4") {
		return prefix <= 30 ? [network] : [];
	}
	const bytes = parseAddress(network)?.bytes;
	return prefix <= 64 && bytes !== undefined
		? [formatAddress({ family, bytes: [...bytes.slice(0, 8), ...madeUp] })]
		: [];
}

const madeUp = [0x5e, 0xed, 0x0f, 0x5b, 0x0d, 0xe5, 0xde, 0xad];

// IFA_F_TENTATIVE and IFA_F_DADFAILED, linux/if_addr.h.
const [tentative, isTaken] = [0x40, 0x08];

/**
 * Until it is known that nobody else has them (a second or two after an interface comes up), nothing can be sent from
 * IPv6 addresses. Gives up after so many milliseconds.
 */
export async function settled(
	deadline: number,
	stop: () => boolean,
	list = "/proc/self/net/if_inet6",
): Promise<void> {
	while (hasTentative(list) && Date.now() < deadline && !stop()) {
		await wait(20);
	}
}

function hasTentative(list: string): boolean {
	return addressFlags(list).some((flags) => (flags & tentative) !== 0 && (flags & isTaken) === 0);
}

/** Lines such as `fe80… 02 40 20 c0   eth0`: address, interface, prefix, scope, flags in hexadecimal, name. */
function addressFlags(list: string): number[] {
	try {
		return readFileSync(list, "utf8")
			.split("\n")
			.flatMap((line) => {
				const flags = line.trim().split(/\s+/)[4];
				return flags === undefined ? [] : [Number.parseInt(flags, 16)];
			});
	} catch {
		// A kernel without IPv6.
		return [];
	}
}
