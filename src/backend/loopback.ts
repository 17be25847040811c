import type { Host } from "../host/host.ts";
import { dumpLinks, loopbackIn } from "../wire/links.ts";

/** Interfaces come and go; each try takes microseconds. */
const tries = 20;

/**
 * The loopback interface of this network namespace, which is called `lo` unless somebody renamed it; undefined where the
 * kernel does not tell. Needs no right at all.
 */
export function loopbackInterface(host: Host): string | undefined {
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
