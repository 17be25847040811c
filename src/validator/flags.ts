import type { Flag } from "../command/flag.ts";
import { initFlags, policyFlags } from "../init/flags.ts";

const otherInitFlags = ["netns", "output", "log-format", "log-level"];

/** The reference validator's flags, the policy's, and ours. */
export const validateFlags: readonly Flag[] = [
	...policyFlags.map((flag) => ({ ...flag, help: flag.help.replace(" (required)", "") })),
	{
		name: "policy",
		kind: "value",
		placeholder: "JSON",
		default: "",
		help: "the policy as the annotation shunt.dev/redirect holds it, in place of the flags above",
	},
	{
		name: "require",
		kind: "list",
		placeholder: "WHAT",
		default: "",
		help: "fail where this cannot be proven: outbound, inbound, ports, subnets, interfaces, loopback, uid, gid, ipv4, ipv6 or all",
	},
	{
		name: "neighbour",
		kind: "boolean",
		default: "true",
		help: "connect from a namespace beside this one for a moment, where that is permitted, to prove inbound rules",
	},
	{
		name: "connect-addr",
		kind: "value",
		placeholder: "ADDR",
		default: "192.0.2.2:1404",
		help: "also connect there, and expect the listener to answer (without a policy, that is all that is tried)",
	},
	{
		name: "listen-addr",
		kind: "value",
		placeholder: "ADDR",
		default: "0.0.0.0:4140",
		help: "where that connection is to arrive",
	},
	{
		name: "timeout",
		kind: "value",
		placeholder: "TIME",
		default: "10s",
		help: "give up after so long, such as 500ms, 10s or 1m30s",
	},
	{
		name: "pid",
		kind: "value",
		placeholder: "PID",
		default: "",
		help: "work in this process's network namespace",
	},
	...initFlags.filter(({ name }) => otherInitFlags.includes(name)),
];
