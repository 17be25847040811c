import type { Brand } from "./brand.ts";
import { err, ok, type Result } from "./problem.ts";

/** A network interface's name. */
export type InterfaceName = Brand<string, "InterfaceName">;

/**
 * The kernel allows 15 bytes without `/`, `:` or white space (dev_valid_name in net/core/dev.c). A trailing `+` is a
 * wildcard to iptables and quotes would end a rule's text early, so we take the narrower set that real names use.
 */
export function parseInterfaceName(text: string, source: string): Result<InterfaceName> {
	if (/^[\dA-Za-z][\w.@-]{0,14}$/.test(text)) {
		return ok(text as InterfaceName);
	}
	return err({
		source,
		value: text,
		complaint: "is not an interface name",
		accepted: "1-15 letters, digits, '.', '_', '-' or '@', beginning with a letter or digit",
	});
}

/** What the kernel calls the loopback interface of a new network namespace (loopback_net_init in drivers/net/loopback.c). */
export const usualLoopback = "lo";

/** An interface, or every one whose name begins so (`eth+` to iptables, `eth*` to nftables). */
export interface InterfacePattern {
	readonly name: string;
	readonly isPrefix: boolean;
}
