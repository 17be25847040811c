import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { categoryNames } from "./category-names.ts";
import { addCheckFlags, type CheckFlags } from "./check-flags.ts";
import { runCheck } from "./run-check.ts";
import { type CheckWorld, processWorld } from "./world.ts";

/** `shunt check`. The exit status goes to `finish`, since only an entry point may end the process. */
export function checkCommand(finish: (status: ExitCode) => void, world: CheckWorld = processWorld): Command {
	const command = new StrictCommand("check")
		.collectProblems()
		.description("look whether Shunt is, or could be, installed well");
	addCheckFlags(command).addHelpText("after", examples);
	return command.action(async (flags: CheckFlags) => finish(await runCheck(flags, world, command)));
}

const examples = `
Checks come in categories, always in this order:
${categoryNames.map(({ name, when }) => `  ${name}${when === undefined ? "" : ` (${when})`}`).join("\n")}
docs/checks.md says for each what it means when it fails and what to do.

A failure makes the exit status 1; a warning does not. What may yet come true is tried again until --wait is over.
--probe-nodes runs "shunt init --probe" on every node in a pod that has an init container's rights and is deleted at
the end, and compares what works there with the mode that the values ask for, or else with the release's.

Examples:
  # Before an installation: may I, and can all nodes serve the mode?
  shunt check --pre --probe-nodes --set proxyInit.iptablesMode=nft

  # After it, in a script
  shunt install | kubectl apply -f - && shunt check -o short

  # After a change of mode: which pods need a restart?
  shunt upgrade --set proxyInit.iptablesMode=nft | kubectl apply -f - && shunt check --proxy

Exit status: 0 all is well, 1 something failed, 64 bad input.`;
