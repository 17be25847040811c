import { parseInterfaceName, usualLoopback } from "../domain/interface-name.ts";
import { formatProblem } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { dumpLinks, loopbackIn } from "../wire/links.ts";
import { BackendError } from "./backend-error.ts";

/**
 * What it is called, as rules are to have it: where the kernel does not tell, as the kernel made it. Throws
 * {@link BackendError} for a name that no rule can have: iptables takes a `+` for any ending, and quotes end a text.
 */
export function loopbackName(host: Host): string {
	const name = loopbackInterface(host) ?? usualLoopback;
	const parsed = parseInterfaceName(name, "loopback interface");
	if (!parsed.ok) {
		throw new BackendError("refused", parsed.problems.map(formatProblem).join("; "));
	}
	return name;
}

/**
 * The number that the kernel's loopback interface has in each network namespace (LOOPBACK_IFINDEX in include/net/flow.h,
 * loopback_net_init in drivers/net/loopback.c).
 */
const usualIndex = 1;

/** Interfaces come and go; each try takes microseconds. */
const tries = 20;

/**
 * The loopback interface of this network namespace, which is called `lo` unless somebody renamed it; undefined where the
 * kernel does not tell. Needs no right at all.
 */
export function loopbackInterface(host: Host): string | undefined {
	const usual = host.loopbackAt(usualIndex);
	if (usual !== undefined) {
		return usual;
	}
	const order = host.byteOrder();
	for (let attempt = 0; attempt < tries; attempt++) {
		const answer = host.netlink(dumpLinks(order), "route");
		if ("name" in answer) {
			return undefined;
		}
		const name = loopbackIn(answer, order);
		if (name !== undefined) {
			return name;
		}
	}
	return undefined;
}
