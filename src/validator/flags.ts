import { type Flag, valueFlag } from "../command/flag.ts";
import { formatHelp } from "../command/help.ts";
import { initFlags, policyFlags } from "../init/flags.ts";

const otherInitFlags = ["netns", "output", "log-format", "log-level"];

/** The reference validator's flags, the policy's, and ours. */
export const validateFlags: readonly Flag[] = [
	...policyFlags.map((flag) => ({ ...flag, help: flag.help.replace(" (required)", "") })),
	valueFlag(
		"policy",
		"JSON",
		"the policy as the annotation shunt.dev/redirect holds it, in place of the flags above",
	),
	valueFlag(
		"require",
		"WHAT",
		"fail where this cannot be proven: outbound, inbound, ports, subnets, interfaces, loopback, uid, gid, ipv4, ipv6 or all",
		{ kind: "list" },
	),
	{
		name: "neighbour",
		kind: "boolean",
		default: "true",
		help: "connect from a namespace beside this one for a moment, where that is permitted, to prove inbound rules",
	},
	valueFlag(
		"connect-addr",
		"ADDR",
		"also connect there, and expect the listener to answer (without a policy, that is all that is tried)",
		{ default: "192.0.2.2:1404" },
	),
	valueFlag("listen-addr", "ADDR", "where that connection is to arrive", { default: "0.0.0.0:4140" }),
	valueFlag("timeout", "TIME", "give up after so long, such as 500ms, 10s or 1m30s", { default: "10s" }),
	valueFlag("pid", "PID", "work in this process's network namespace"),
	...initFlags.filter(({ name }) => otherInitFlags.includes(name)),
];

export function helpFor(program: string): string {
	return formatHelp({ program, summary, flags: validateFlags, examples, notes, exitStatus });
}

const summary =
	"Proves with real connections that a pod's redirect rules work, in each address family. Takes the\n" +
	"flags of Linkerd's network validator and can stand in its place.";

const examples = [
	[
		"In the pod, before its proxy starts; the rules are as these flags of shunt init have made them",
		"-p 4143 -o 4140 --proxy-uid 2102 --outbound-ports-to-ignore 4567,4568",
	],
	[
		"In a pod, from its node: as root, inbound rules and the proxy's user can be proven too",
		'--pid 4321 --policy "$POLICY" --require inbound,uid',
	],
	["As Linkerd's: one connection, and whether it comes to the listener", "--connect-addr 192.0.2.2:1404"],
] as const;

const notes = `Nothing is sent to an address that somebody could have, and nothing further than the next hop: what is redirected
never leaves, and the rest goes to addresses that are for documentation, or that nobody has. So it needs no route out of
the cluster, but some route, since without one no connection gets as far as the rules.

Without policy flags, the policy is what SHUNT_REDIRECT holds: the annotation shunt.dev/redirect, as the downward API
hands it in. Without any, a single connection is made, as Linkerd's validator does.

What cannot be proven here is listed, and is no failure unless --require names it. Inbound rules need somebody to
connect from outside: with CAP_NET_ADMIN and CAP_SYS_ADMIN, a wire to a namespace without a name is made for a moment.
The exemption of a user needs CAP_SETUID and CAP_SETGID, or that user. Where the proxy runs already, connections come
to it and are ended at once.`;

const exitStatus = "0 validated, 1 the result could not be written, 64 bad input, 95 anything else";
