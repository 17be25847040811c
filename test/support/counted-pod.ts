import { randomBytes } from "node:crypto";
import type { Dialect } from "./dialect.ts";
import { type Netns, withNetns } from "./netns.ts";

/** A connection that is really attempted. Nobody answers it but the kernel. */
export interface Try {
	readonly direction: "inbound" | "outbound";
	readonly to: string;
	readonly port: number;
	/** Of the process that attempts it. */
	readonly uid?: number;
	readonly gid?: number;
}

export const podAddress = "192.168.77.1";
export const peerAddress = "192.168.77.2";

/** A namespace and a peer at the other end of a cable; everything else is behind the peer, which forwards nothing. */
export interface CountedPod {
	readonly netns: Netns;
	/** Attempts it, and answers with the nat rules that counted it: `CHAIN POSITION`, in the table's order. */
	rulesThatCount(attempt: Try, dialect: Dialect): string[];
}

export async function withCountedPod<T>(use: (pod: CountedPod) => T | Promise<T>): Promise<T> {
	return withNetns("counted", (netns) =>
		withNetns("counting-peer", async (peer) => {
			const cable = `v${randomBytes(4).toString("hex")}`;
			netns.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", cable, "netns", peer.name]);
			netns.run("ip", ["address", "add", `${podAddress}/24`, "dev", "eth0"]);
			peer.run("ip", ["address", "add", `${peerAddress}/24`, "dev", cable]);
			netns.run("ip", ["link", "set", "eth0", "up"]);
			peer.run("ip", ["link", "set", cable, "up"]);
			netns.run("ip", ["route", "add", "default", "via", peerAddress]);
			return use({
				netns,
				rulesThatCount: (attempt, dialect) => {
					netns.run(`iptables-${dialect}`, ["-t", "nat", "-Z"]);
					connect(attempt, attempt.direction === "inbound" ? peer : netns);
					return counted(netns.run(`iptables-${dialect}-save`, ["-c", "-t", "nat"]));
				},
			});
		}),
	);
}

/**
 * What comes in has to arrive, and its refusal to come back. What goes out has passed the rules when connect(2) returns,
 * which is before the first timer.
 */
function connect({ direction, to, port, uid = 0, gid = 0 }: Try, from: Netns): void {
	const patience = direction === "inbound" ? 30_000 : 1;
	const script = `
		const socket = require("node:net").connect({ host: "${to}", port: ${port} });
		const done = () => process.exit(0);
		socket.on("connect", done).on("error", done);
		setTimeout(done, ${patience});`;
	const as = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
	from.run("setpriv", [...as, process.execPath, "-e", script]);
}

function counted(saved: string): string[] {
	const positions = new Map<string, number>();
	return saved.split("\n").flatMap((line) => {
		const [, packets, chain = ""] = /^\[(\d+):\d+\] -A (\S+)/.exec(line) ?? [];
		if (packets === undefined) {
			return [];
		}
		const position = (positions.get(chain) ?? 0) + 1;
		positions.set(chain, position);
		return packets === "0" ? [] : [`${chain} ${position}`];
	});
}
