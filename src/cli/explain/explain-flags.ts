import type { Flag } from "../../command/flag.ts";
import { packetFields } from "../../explain/packet-fields.ts";
import { initFlags, policyFlags as initPolicyFlags } from "../../init/flags.ts";

/** Where the rules are read; besides these, the flags of `shunt init` say them outright. */
export const sourceFlags: readonly Flag[] = [
	{
		name: "file",
		short: "f",
		kind: "value",
		placeholder: "PATH",
		default: "",
		help: "manifests with pods: a file, a directory, or - for standard input; may be repeated",
	},
	{
		name: "object",
		kind: "value",
		placeholder: "KIND/NAME",
		default: "",
		help: "only this object of the manifests (default: each that makes pods)",
	},
	{
		name: "config",
		kind: "value",
		placeholder: "FILE",
		default: "",
		help: "values of the release that injects them (default: a release's defaults)",
	},
	{
		name: "netns",
		kind: "value",
		placeholder: "NAME|PATH",
		default: "",
		help: "the rules in this network namespace, such as /proc/PID/ns/net or a name in /run/netns",
	},
	{
		name: "pid",
		kind: "value",
		placeholder: "PID",
		default: "",
		help: "the rules in this process's network namespace",
	},
	{ name: "live", kind: "boolean", default: "false", help: "the rules in this very network namespace" },
];

/** What a connection is; without any of them, everything that the rules do is told. */
export const packetFlags: readonly Flag[] = packetFields.map((field) => ({
	...field,
	kind: "value",
	default: "",
}));

export const outputFlags: readonly Flag[] = [
	{
		name: "output",
		kind: "value",
		placeholder: "FORMAT",
		choices: ["table", "json"],
		default: "table",
		help: "table, with long lists shortened, or json (-o table and -o json mean this too)",
	},
	{
		name: "html",
		kind: "value",
		placeholder: "FILE",
		default: "",
		help: "write a page instead, on which the packet can be changed; - for standard output",
	},
];

/** Those of `shunt init` that say something else here. */
const ownNames = new Set([...sourceFlags, ...packetFlags, ...outputFlags].map(({ name }) => name));

export const policyFlags: readonly Flag[] = initFlags.filter(({ name }) => !ownNames.has(name));

/** The others are taken too, so that a whole command line can be asked about, but they do not change what rules say. */
export const tellingFlags: readonly Flag[] = initPolicyFlags.filter(({ name }) => !ownNames.has(name));

export const explainFlags: readonly Flag[] = [...sourceFlags, ...packetFlags, ...outputFlags, ...policyFlags];
