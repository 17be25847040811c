import { formatHelp } from "../command/help.ts";
import { initFlags } from "./flags.ts";

/** The help of `shunt init`, by the name under which it was called. */
export function initHelp(program: string): string {
	return formatHelp({ program, summary, flags: initFlags, examples, notes });
}

const summary =
	"Redirects a pod's TCP traffic to a proxy, in one transaction per address family.\n" +
	"Takes the flags of Linkerd's proxy-init and can stand in its place.";

const examples = [
	[
		"Everything through the proxy that runs as user 2102, but for its admin port",
		"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,4191",
	],
	["See what would be applied", "-p 4143 -o 4140 -u 2102 --iptables-mode nft --simulate"],
	["In another process's network namespace", "-p 4143 -o 4140 -u 2102 --netns /proc/4321/ns/net"],
	["Which modes could be used here, without making any rules", "--probe --iptables-mode nft"],
] as const;

const notes = `--probe tries every dialect, takes everything back and prints one JSON object: "dialects" has for each
{"ok":true}, or {"ok":false,"code":…,"message":…} with the tool's own first line; "mode" what was asked and
whether it is "served"; "tools" what each program says of its version; "kernel", "families", "version". Of the
other flags it takes only the mode, --proxy-uid (2102 without it), --ipv6, --netns and those of the log. The exit status is 0 where the mode
is served, 69 where not, 77 where that takes more permission.
The trial runs in a network namespace of its own where one may be made ("namespace":"new"), which takes
CAP_SYS_ADMIN. Elsewhere ("this") the kernel keeps the empty nat tables that it makes for the trial, named in
"left"; of iptables-legacy's nobody can remove them before the namespace ends. Either way, kernel modules
that the trial made it load stay loaded.`;

/** The help of the program that has only the node-side commands. */
export const overview = `The node-side programs of Shunt, without Node.

Usage:
  shunt init [flags]    redirect a pod's TCP traffic to a proxy (also as proxy-init or shunt-init)
  shunt clean [flags]   remove everything of ours in every dialect
  shunt status [flags]  show which dialects hold our rules, and whether they are what they should be
  shunt help COMMAND    print a command's help, as "shunt COMMAND --help" does
  shunt --version

Examples:
  # What would be applied
  shunt init -p 4143 -o 4140 --proxy-uid 2102 --simulate

  # In a pod's network namespace, what is there, and take it out again
  shunt status --netns /proc/4321/ns/net
  shunt clean --netns /proc/4321/ns/net

"shunt COMMAND --help" says more about a command.
`;
