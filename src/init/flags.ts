import { type Flag, findFlag } from "../command/flag.ts";
import { logLevels } from "../domain/log-level.ts";
import { iptablesDialects, modes, programOf } from "../domain/mode.ts";
import { transports } from "../domain/transport.ts";
import type { Field } from "../policy/field.ts";
import { fields, flagOrder, inOrder } from "../policy/fields.ts";

/** Those that say what should happen, rather than how it is brought about. */
export const policyFlags: readonly Flag[] = [
	...inOrder(fields, flagOrder, ({ field }) => field.flag).map(({ field }) => flagOf(field)),
	{
		name: "ipv6",
		kind: "boolean",
		default: "true",
		help: "program IPv6 as well as IPv4",
	},
];

function flagOf(field: Field): Flag {
	return {
		name: field.flag,
		...(field.short === undefined ? {} : { short: field.short }),
		kind: field.takes,
		placeholder: field.form.placeholder,
		default: (field.takes === "value" ? field.flagDefault : undefined) ?? "",
		help: field.flagHelp ?? field.help,
	};
}

/** The reference program's flags, with its short forms and defaults, and then ours. */
export const initFlags: readonly Flag[] = [
	...policyFlags,
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
		choices: iptablesDialects.map(programOf),
		default: "",
		emptyIsNone: true,
		help: "older way to name the mode: iptables-legacy, iptables-nft or iptables; these programs are then used (--transport tools), where they are installed",
	},
	{
		name: "firewall-save-bin-path",
		kind: "value",
		placeholder: "NAME",
		choices: iptablesDialects.map((dialect) => `${programOf(dialect)}-save`),
		default: "",
		emptyIsNone: true,
		help: "older way to name the mode, with -save at the end",
	},
	{
		name: "transport",
		kind: "value",
		placeholder: "WAY",
		choices: transports,
		default: "auto",
		help: "who makes the rules: kernel (spoken to directly, no program needed), tools (the mode's programs; the only way in mode plain), or auto for the kernel and, where it refuses, the tools",
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
];

const cleanFlagNames = ["transport", "netns", "output", "log-format", "log-level"];

/** `shunt clean` looks in every dialect and both families, so there is little to say. */
export const cleanFlags: readonly Flag[] = initFlags.filter((flag) => cleanFlagNames.includes(flag.name));

// The native program has run this before it starts: a command line is looked up flag by flag, given or not.
findFlag(initFlags, "");
