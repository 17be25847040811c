import { closeSync, openSync } from "node:fs";
import type { Host } from "../../src/host/host.ts";
import { loadLibc } from "../../src/linux/libc.ts";
import { askNetfilter } from "../../src/linux/netlink-socket.ts";
import { setNetns } from "../../src/linux/netns.ts";
import type { Netns } from "./netns.ts";

/** A host's netlink in a network namespace other than the test's own, without a process for it. */
export function netlinkInside(netns: Netns): Pick<Host, "netlink"> {
	const libc = loadLibc();
	return {
		netlink: (request) => {
			// The calling thread alone moves, there and back, before anything else can run on it.
			const here = openSync("/proc/thread-self/ns/net", "r");
			const there = openSync(netns.path, "r");
			try {
				enter(there);
				return askNetfilter(libc, request);
			} finally {
				enter(here);
				closeSync(there);
				closeSync(here);
			}
		},
	};

	function enter(descriptor: number): void {
		const failure = setNetns(descriptor, libc);
		if (failure !== undefined) {
			throw new Error(`setns: ${failure.name}`);
		}
	}
}
