import { type Flag, valueFlag } from "../../command/flag.ts";
import { packetFields } from "../../explain/packet-fields.ts";
import { initFlags, policyFlags as initPolicyFlags } from "../../init/flags.ts";

/** Where the rules are read; besides these, the flags of `shunt init` say them outright. */
const sourceFlags: readonly Flag[] = [
	valueFlag(
		"file",
		"PATH",
		"manifests with pods: a file, a directory, or - for standard input; may be repeated",
		{ short: "f" },
	),
	valueFlag("object", "KIND/NAME", "only this object of the manifests (default: each that makes pods)"),
	valueFlag("config", "FILE", "values of the release that injects them (default: a release's defaults)"),
	valueFlag(
		"netns",
		"NAME|PATH",
		"the rules in this network namespace, such as /proc/PID/ns/net or a name in /run/netns",
	),
	valueFlag("pid", "PID", "the rules in this process's network namespace"),
	{ name: "live", kind: "boolean", default: "false", help: "the rules in this very network namespace" },
];

/** What a connection is; without any of them, everything that the rules do is told. */
const packetFlags: readonly Flag[] = packetFields.map((field) => ({
	...field,
	kind: "value",
	default: "",
}));

const outputFlags: readonly Flag[] = [
	valueFlag(
		"output",
		"FORMAT",
		"table, with long lists shortened, or json (-o table and -o json mean this too)",
		{ choices: ["table", "json"], default: "table" },
	),
	valueFlag(
		"html",
		"FILE",
		"write a page instead, on which the packet can be changed; - for standard output",
	),
];

/** Those of `shunt init` that say something else here. */
const ownNames = new Set([...sourceFlags, ...packetFlags, ...outputFlags].map(({ name }) => name));

export const policyFlags: readonly Flag[] = initFlags.filter(({ name }) => !ownNames.has(name));

/** The others are taken too, so that a whole command line can be asked about, but they do not change what rules say. */
const tellingFlags: readonly Flag[] = initPolicyFlags.filter(({ name }) => !ownNames.has(name));

export const explainFlags: readonly Flag[] = [...sourceFlags, ...packetFlags, ...outputFlags, ...policyFlags];

export function explainHelp(): string {
	const groups: readonly (readonly [string, readonly Flag[]])[] = [
		["Rules, from one of these or from flags of shunt init (below):", sourceFlags],
		["Packet (without one, everything that the rules do is told):", packetFlags],
		["Output:", outputFlags],
		["Flags of shunt init that say rules (its others are taken and change nothing here):", tellingFlags],
	];
	const width = Math.max(...groups.flatMap(([, flags]) => flags.map((flag) => column(flag).length)));
	return [
		"Says what becomes of a packet, which rule decides and why; or, without a packet, everything that the rules do.",
		"",
		"Usage:\n  shunt explain [flags] [inbound|outbound] [ADDRESS][:PORT]",
		"",
		...groups.flatMap(([title, flags]) => [
			title,
			...flags.map((flag) => `${column(flag).padEnd(width)}  ${flag.help}`),
			"",
		]),
		examples,
		"",
	].join("\n");
}

function column({ short, name, placeholder }: Flag): string {
	return `  ${short === undefined ? "    " : `-${short}, `}--${name}${placeholder === undefined ? "" : ` ${placeholder}`}`;
}

const examples = `What is not said of a packet is assumed, and the output says so. Of manifests, the arguments of an init container
(ours or Linkerd's) count, else the annotations. Rules of other programs in the nat tables are followed as well.

Examples:
  # Everything that a pod's redirection does, and who asked for it
  shunt explain -f pod.yaml

  # Where a connection of user 1000 to a database goes
  shunt explain -f deployment.yaml outbound 10.0.0.5:3306 --uid 1000

  # The same for flags, and for a running process
  shunt explain -p 4143 -o 4140 -u 2102 --outbound-ports-to-ignore 3306 outbound 10.0.0.5:3306
  shunt explain --pid 4321 inbound 8080 --from 10.1.2.3

  # A page to look at and to play with
  shunt explain -f pod.yaml --html pod.html

Exit status: 0 done, 1 failed, 64 bad input, 77 not permitted`;
