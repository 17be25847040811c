import { type Flag, findFlag } from "../command/flag.ts";
import { logLevels } from "../domain/log-level.ts";
import { modes } from "../domain/mode.ts";

/** The reference program's flags, with its short forms and defaults, and then ours. */
export const initFlags = [
	{
		name: "incoming-proxy-port",
		short: "p",
		kind: "value",
		placeholder: "PORT",
		default: "",
		help: "port on which the proxy takes inbound connections (required)",
	},
	{
		name: "outgoing-proxy-port",
		short: "o",
		kind: "value",
		placeholder: "PORT",
		default: "",
		help: "port on which the proxy takes outbound connections (required)",
	},
	{
		name: "proxy-uid",
		short: "u",
		kind: "value",
		placeholder: "UID",
		default: "-1",
		help: "user the proxy runs as, whose own connections pass; -1 or 0 for none",
	},
	{
		name: "proxy-gid",
		short: "g",
		kind: "value",
		placeholder: "GID",
		default: "-1",
		help: "group the proxy runs as, whose own connections pass; -1 or 0 for none",
	},
	{
		name: "ports-to-redirect",
		short: "r",
		kind: "list",
		placeholder: "PORTS",
		default: "",
		help: "redirect only these inbound ports; without it every port",
	},
	{
		name: "inbound-ports-to-ignore",
		kind: "list",
		placeholder: "PORTS",
		default: "",
		help: "inbound ports and ranges (8000-8010) that bypass the proxy",
	},
	{
		name: "outbound-ports-to-ignore",
		kind: "list",
		placeholder: "PORTS",
		default: "",
		help: "outbound ports and ranges that bypass the proxy",
	},
	{
		name: "subnets-to-ignore",
		kind: "list",
		placeholder: "SUBNETS",
		default: "",
		help: "inbound connections from these subnets bypass the proxy; both families may be mixed",
	},
	{
		name: "outbound-ports-to-redirect",
		kind: "list",
		placeholder: "PORTS",
		default: "",
		help: "redirect only these outbound ports and ranges; without it every port",
	},
	{
		name: "outbound-subnets-to-ignore",
		kind: "list",
		placeholder: "SUBNETS",
		default: "",
		help: "outbound connections to these subnets bypass the proxy",
	},
	{
		name: "inbound-interfaces-to-ignore",
		kind: "list",
		placeholder: "NAMES",
		default: "",
		help: "connections that come in on these interfaces bypass the proxy",
	},
	{
		name: "outbound-interfaces-to-ignore",
		kind: "list",
		placeholder: "NAMES",
		default: "",
		help: "connections that leave through these interfaces bypass the proxy",
	},
	{
		name: "uids-to-ignore",
		kind: "list",
		placeholder: "UIDS",
		default: "",
		help: "outbound connections of these users bypass the proxy",
	},
	{
		name: "ipv6",
		kind: "boolean",
		default: "true",
		help: "program IPv6 as well as IPv4",
	},
	{
		name: "iptables-mode",
		kind: "value",
		placeholder: "MODE",
		choices: modes,
		default: "",
		emptyIsNone: true,
		help: "dialect to speak: legacy (also called iptables; the default), nft, plain, nftables, or auto for the first that works here",
	},
	{
		name: "firewall-bin-path",
		kind: "value",
		placeholder: "NAME",
		choices: ["iptables-legacy", "iptables-nft", "iptables"],
		default: "",
		emptyIsNone: true,
		help: "older way to name the mode: iptables-legacy, iptables-nft or iptables",
	},
	{
		name: "firewall-save-bin-path",
		kind: "value",
		placeholder: "NAME",
		choices: ["iptables-legacy-save", "iptables-nft-save", "iptables-save"],
		default: "",
		emptyIsNone: true,
		help: "older way to name the mode, with -save at the end",
	},
	{
		name: "use-wait-flag",
		short: "w",
		kind: "boolean",
		default: "false",
		help: "wait for the xtables lock (a no-op in modes nft and nftables, which have none)",
	},
	{
		name: "counters",
		kind: "boolean",
		default: "false",
		help: "count packets and bytes per rule in mode nftables (iptables always does)",
	},
	{
		name: "timeout-close-wait-secs",
		kind: "value",
		placeholder: "SECONDS",
		default: "0",
		help: "set nf_conntrack_tcp_timeout_close_wait; 0 leaves it alone",
	},
	{
		name: "netns",
		kind: "value",
		placeholder: "NAME|PATH",
		default: "",
		help: "network namespace to work in, such as /proc/PID/ns/net or a name in /run/netns; without it this process's own",
	},
	{
		name: "host-network",
		kind: "boolean",
		default: "false",
		help: "work in the machine's initial network namespace too, and so redirect the machine's own traffic; refused without it",
	},
	{
		name: "simulate",
		kind: "boolean",
		default: "false",
		help: "print what the tools would be given, and touch nothing",
	},
	{
		name: "probe",
		kind: "boolean",
		default: "false",
		help: "print as JSON which modes could be used here; makes no rules and needs no other flag (see below)",
	},
	{
		name: "output",
		kind: "value",
		placeholder: "FORMAT",
		choices: ["text", "json"],
		default: "text",
		help: "text, or json for one object on standard output",
	},
	{
		name: "log-format",
		kind: "value",
		placeholder: "FORMAT",
		choices: ["plain", "json"],
		default: "plain",
		help: "plain or json",
	},
	{
		name: "log-level",
		kind: "value",
		placeholder: "LEVEL",
		choices: logLevels.toReversed(),
		default: "info",
		help: "trace, debug, info, warn, error, fatal or panic",
	},
] as const satisfies readonly Flag[];

const cleanFlagNames = ["netns", "output", "log-format", "log-level"];

/** `shunt clean` looks in every dialect and both families, so there is little to say. */
export const cleanFlags: readonly Flag[] = initFlags.filter((flag) => cleanFlagNames.includes(flag.name));

// The native program has run this before it starts: a command line is looked up flag by flag, given or not.
findFlag(initFlags, "");
