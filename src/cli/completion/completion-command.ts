import { Argument, type Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { writeStandardOutput } from "../../host/node-streams.ts";
import { type Shell, scripts, shells } from "./scripts.ts";

/** `shunt completion`. The exit status goes to `finish`, since only an entry point may end the process. */
export function completionCommand(
	finish: (status: ExitCode) => void,
	stdout: (text: string) => void = writeStandardOutput,
): Command {
	return new StrictCommand("completion")
		.description("print what makes a shell complete commands, flags and their values")
		.addArgument(new Argument("<shell>", "which shell").choices([...shells]))
		.addHelpText("after", examples)
		.action((shell: Shell) => {
			stdout(scripts[shell]);
			finish(exitCodes.done);
		});
}

const examples = `
Examples:
  # bash, now, and from the next login on
  source <(shunt completion bash)
  shunt completion bash >/etc/bash_completion.d/shunt

  # zsh, where ~/.zfunc is in fpath
  shunt completion zsh >~/.zfunc/_shunt

  # fish
  shunt completion fish >~/.config/fish/completions/shunt.fish

  # PowerShell
  shunt completion powershell | Out-String | Invoke-Expression

As a plugin, "kubectl shunt" is completed by kubectl's own completion where kubectl_complete-shunt is in PATH too.`;
