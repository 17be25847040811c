import { closeSync, openSync } from "node:fs";
import { byWay } from "../../src/backend/either-way.ts";
import { readRuleset } from "../../src/backend/read.ts";
import type { Host } from "../../src/host/host.ts";
import { createNodeHost } from "../../src/host/node.ts";
import { loadLibc } from "../../src/linux/libc.ts";
import { setNetns } from "../../src/linux/netns.ts";
import type { Ruleset } from "../../src/rules/ruleset.ts";
import type { Netns } from "./netns.ts";

/** Hands a host that is inside the namespace to `use`, which must not wait for anything, and comes back. */
export function insideNetns<T>(netns: Netns, use: (host: Host) => T): T {
	const home = openSync("/proc/thread-self/ns/net", "r");
	const host = createNodeHost();
	try {
		host.enterNetns(netns.path);
		return use(host);
	} finally {
		setNetns(home, loadLibc());
		closeSync(home);
	}
}

/** The nat tables of the namespace as the kernel itself tells of them, without a program. */
export function rulesetTold(netns: Netns): Ruleset {
	return insideNetns(netns, (host) => readRuleset(byWay(host, "kernel")));
}
