import { existsSync } from "node:fs";
import type { Family } from "../../src/domain/family.ts";
import { makeNetns, type Netns } from "./netns.ts";

/** Two network namespaces with two cables between them. */
export interface Topology {
	readonly pod: Netns;
	readonly peer: Netns;
	remove(): void;
}

/** The pod's interfaces, and who is reached through each. */
export const cables = [
	{
		name: "eth0",
		pod: { ipv4: "10.10.0.2", ipv6: "fd00:10::2" },
		peer: {
			ipv4: ["10.10.0.1", "10.10.0.77", "172.16.5.4"],
			ipv6: ["fd00:10::1", "fd00:10::77", "2001:db8:5::4"],
		},
	},
	{
		name: "eth1",
		pod: { ipv4: "10.20.0.2", ipv6: "fd00:20::2" },
		peer: {
			ipv4: ["10.20.0.1", "10.20.0.200", "192.168.1.9"],
			ipv6: ["fd00:20::1", "fd00:20::200", "2001:db8:9::9"],
		},
	},
] as const;

/** How the pod reaches itself. */
export const ownAddresses: Record<Family, readonly string[]> = {
	ipv4: ["127.0.0.1", "127.8.8.8", ...cables.map(({ pod }) => pod.ipv4)],
	ipv6: ["::1", ...cables.map(({ pod }) => pod.ipv6)],
};

export function makeTopology(purpose: string): Topology {
	const pod = makeNetns(`${purpose}-pod`);
	const peer = makeNetns(`${purpose}-peer`);
	const topology = {
		pod,
		peer,
		remove: () => {
			pod.remove();
			peer.remove();
		},
	};
	try {
		connect(topology);
	} catch (error) {
		topology.remove();
		throw error;
	}
	return topology;
}

function connect({ pod, peer }: Topology): void {
	for (const netns of [pod, peer]) {
		// No waiting for duplicate addresses, and answers may leave by another cable than the questions came in.
		// gVisor has none of these settings, and needs none.
		if (existsSync("/proc/sys/net/ipv4/conf")) {
			netns.run("sysctl", ["-qw", ...settings]);
		}
	}
	for (const { name, pod: own, peer: others } of cables) {
		const far = `${name}p`;
		pod.run("ip", ["link", "add", name, "type", "veth", "peer", "name", far, "netns", peer.name]);
		configure(pod, name, [own.ipv4, own.ipv6]);
		configure(peer, far, [...others.ipv4, ...others.ipv6]);
		for (const address of [...others.ipv4, ...others.ipv6]) {
			pod.run("ip", ["route", "replace", address, "dev", name]);
		}
		peer.run("ip", ["route", "replace", own.ipv4, "dev", far]);
		peer.run("ip", ["route", "replace", own.ipv6, "dev", far]);
	}
}

const settings = [
	"net.ipv4.conf.all.rp_filter=0",
	"net.ipv4.conf.default.rp_filter=0",
	"net.ipv6.conf.default.accept_dad=0",
	"net.ipv6.conf.all.disable_ipv6=0",
	"net.ipv6.conf.default.disable_ipv6=0",
];

function configure(netns: Netns, name: string, addresses: readonly string[]): void {
	for (const address of addresses) {
		const prefix = address.includes(":") ? [`${address}/128`, "nodad"] : [`${address}/32`];
		netns.run("ip", ["address", "add", ...prefix, "dev", name]);
	}
	netns.run("ip", ["link", "set", name, "up"]);
}
