import { families } from "../../src/domain/family.ts";
import { type Dialect, restore } from "./dialect.ts";
import type { Netns } from "./netns.ts";

/** The policy of tests that are not about policies, as arguments and as what it looks like in a nat table. */
export const standard = {
	args: ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--inbound-ports-to-ignore", "4190,4191"],
	prerouting: '-m comment --comment "proxy-init/install-proxy-init-prerouting" -j PROXY_INIT_REDIRECT',
	output: '-m comment --comment "proxy-init/install-proxy-init-output" -j PROXY_INIT_OUTPUT',
	redirect: [
		'-p tcp -m multiport --dports 4190,4191 -m comment --comment "proxy-init/ignore-port-4190,4191" -j RETURN',
		'-p tcp -m comment --comment "proxy-init/redirect-all-incoming-to-proxy-port" -j REDIRECT --to-ports 4143',
	],
	outgoing: [
		'-m owner --uid-owner 2102 -m comment --comment "proxy-init/ignore-proxy-user-id" -j RETURN',
		'-o lo -m comment --comment "proxy-init/ignore-loopback" -j RETURN',
		'-p tcp -m comment --comment "proxy-init/redirect-all-outgoing-to-proxy-port" -j REDIRECT --to-ports 4140',
	],
} as const;

/** Another policy; nothing of one looks like the other but the jumps and the loopback rule. */
export const different = {
	args: ["-p", "15006", "-o", "15001", "--proxy-gid", "1337", "--outbound-ports-to-ignore", "443"],
	redirect: [
		'-p tcp -m comment --comment "proxy-init/redirect-all-incoming-to-proxy-port" -j REDIRECT --to-ports 15006',
	],
	outgoing: [
		'-m owner --gid-owner 1337 -m comment --comment "proxy-init/ignore-proxy-group-id" -j RETURN',
		'-o lo -m comment --comment "proxy-init/ignore-loopback" -j RETURN',
		'-p tcp -m multiport --dports 443 -m comment --comment "proxy-init/ignore-port-443" -j RETURN',
		'-p tcp -m comment --comment "proxy-init/redirect-all-outgoing-to-proxy-port" -j REDIRECT --to-ports 15001',
	],
} as const;

type Rules = Pick<typeof standard | typeof different, "redirect" | "outgoing">;

const builtIn = [":PREROUTING ACCEPT", ":INPUT ACCEPT", ":OUTPUT ACCEPT", ":POSTROUTING ACCEPT"];

/** A nat table that holds nothing. */
export const emptyTable: readonly string[] = ["*nat", ...builtIn, "COMMIT"];

/** A nat table that holds one of these policies and nothing else. */
export function tableOf(policy: Rules): string[] {
	return [
		"*nat",
		...builtIn,
		":PROXY_INIT_OUTPUT -",
		":PROXY_INIT_REDIRECT -",
		`-A PREROUTING ${standard.prerouting}`,
		`-A OUTPUT ${standard.output}`,
		...policy.outgoing.map((spec) => `-A PROXY_INIT_OUTPUT ${spec}`),
		...policy.redirect.map((spec) => `-A PROXY_INIT_REDIRECT ${spec}`),
		"COMMIT",
	];
}

/** The same as lines for `iptables-restore`. */
export function linesOf(policy: Rules): string[] {
	return tableOf(policy).filter((line) => line.startsWith("-A") || line.startsWith(":PROXY"));
}

/** Puts a policy into both families without any program of ours. */
export function hold(netns: Netns, dialect: Dialect, policy: Rules): void {
	for (const family of families) {
		restore(netns, dialect, family, linesOf(policy));
	}
}
