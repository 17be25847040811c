import { readFileSync } from "node:fs";
import type { Host } from "../../src/host/host.ts";

type Netlink = Pick<Host, "netlink">;

/** By request, both as hexadecimal digits: the datagrams that came back. */
export type Recording = Readonly<Record<string, readonly string[]>>;

export function fromHex(hex: string): string {
	return Buffer.from(hex, "hex").toString("latin1");
}

export function toHex(bytes: string): string {
	return Buffer.from(bytes, "latin1").toString("hex");
}

/** Keeps what is asked and answered. */
export function recording(host: Netlink): {
	readonly host: Netlink;
	readonly recorded: Record<string, string[]>;
} {
	const recorded: Record<string, string[]> = {};
	return {
		recorded,
		host: {
			netlink: (request) => {
				const answer = host.netlink(request);
				if (!("name" in answer)) {
					recorded[toHex(request)] = answer.map(toHex);
				}
				return answer;
			},
		},
	};
}

/** Answers what was asked before as then; `change` may spoil a datagram. */
export function replaying(
	recorded: Recording,
	change: (datagram: string) => string = (same) => same,
): Netlink {
	return {
		netlink: (request) => {
			const answer = recorded[toHex(request)];
			if (answer === undefined) {
				throw new Error("nobody asked that when it was recorded");
			}
			return answer.map((datagram) => change(fromHex(datagram)));
		},
	};
}

/** What was recorded of the rules in `test/vectors/wire/foreign.nft` and `foreign.rules`. */
export function foreignRecording(): Recording {
	return JSON.parse(readFileSync(new URL("../vectors/wire/foreign.json", import.meta.url), "utf8"));
}
