import type { Flag } from "../command/flag.ts";
import { initFlags, policyFlags } from "../init/flags.ts";

const fromInit = (names: readonly string[]): Flag[] =>
	names.flatMap((name) => initFlags.filter((flag) => flag.name === name));

/** Which network namespaces there are to be looked into. */
export const targetFlags: readonly Flag[] = [
	{
		name: "netns",
		kind: "value",
		placeholder: "NAME|PATH",
		default: "",
		help: "network namespace to look into, such as /proc/PID/ns/net or a name in /run/netns; without it this process's own",
	},
	{
		name: "pid",
		kind: "value",
		placeholder: "PID",
		default: "",
		help: "look into the network namespace of this process",
	},
	{
		name: "all",
		kind: "boolean",
		default: "false",
		help: "look into every network namespace of this machine that has a process or a name in /run/netns",
	},
];

/** And how they are shown. */
const ownFlags: readonly Flag[] = [
	...targetFlags,
	{
		name: "policy",
		kind: "value",
		placeholder: "FILE",
		default: "",
		help: "compare with what a pod was given: the pod as JSON (kubectl get pod NAME -o json), its stamp, or a file of the agent's in /run/shunt/pods; - for standard input. Without it, and without flags of a policy, what the agent wrote about the pod of --pid or --all is used",
	},
	{
		name: "output",
		kind: "value",
		placeholder: "FORMAT",
		choices: ["table", "json"],
		default: "table",
		help: "table, or json for one object on standard output",
	},
];

/** The flags that say in which dialect the rules should be. */
const modeFlagNames: readonly string[] = ["iptables-mode", "firewall-bin-path", "firewall-save-bin-path"];

export const isPolicyFlag = (name: string): boolean => policyFlags.some((flag) => flag.name === name);
export const isModeFlag = (name: string): boolean => modeFlagNames.includes(name);

/** Made when asked for, which only `shunt status` does. */
export function statusFlags(): readonly Flag[] {
	return [
		...ownFlags,
		...policyFlags.map(optional),
		...fromInit([...modeFlagNames, "transport"]).map(inOurWords),
	];
}

/** The ports are needed only where a policy is spelled out at all. */
function optional(flag: Flag): Flag {
	return { ...flag, help: flag.help.replace("(required)", "(required with any other flag of a policy)") };
}

const ourWords: Readonly<Record<string, string>> = {
	"iptables-mode":
		"dialect that the rules should be in: legacy (also called iptables), nft, plain or nftables",
	"firewall-bin-path": "older way to name the mode: iptables-legacy, iptables-nft or iptables",
	transport:
		"who is asked for the rules: kernel (spoken to directly), tools, or auto for the kernel and the tools for what it does not tell",
};

function inOurWords(flag: Flag): Flag {
	return { ...flag, help: ourWords[flag.name] ?? flag.help };
}
