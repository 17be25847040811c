import type { Host } from "../../src/host/host.ts";
import { insideNetns } from "./inside-netns.ts";
import type { Netns } from "./netns.ts";

/** A host's netlink in a network namespace other than the test's own, without a process for it. */
export function netlinkInside(netns: Netns): Pick<Host, "netlink"> {
	return {
		netlink: (request, protocol) => insideNetns(netns, (host) => host.netlink(request, protocol)),
	};
}
