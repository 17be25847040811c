import { isatty } from "node:tty";
import { Command, CommanderError, type OutputConfiguration } from "commander";
import { strayFlag } from "../command/command-line.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmless } from "../domain/harmless.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";
import { mostSimilar } from "../domain/similar.ts";
import { version } from "../domain/version.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";
import { commandNames, loadCommands, ownFlagsCommands } from "./commands.ts";

/** Everything but the node-side commands, which are listed for the help text. */
export async function runCommandTree(argv: readonly string[], name = "shunt"): Promise<ExitCode> {
	const [wanted = ""] = argv;
	const stranger = unknownCommand(wanted, name);
	if (stranger !== undefined) {
		writeStandardError(`${name}: ${formatProblem(stranger)}\n`);
		return exitCodes.badInput;
	}
	let status: ExitCode = exitCodes.done;
	const program = new Command(name)
		.description("Puts a proxy into a pod's TCP traffic path, in whichever dialect the kernel speaks.")
		.version(version)
		.configureHelp({ showGlobalOptions: true })
		.helpCommand("help [command]", "print this text, or a command's")
		// What stands behind a command is for it alone.
		.enablePositionalOptions()
		.addHelpText("after", examples)
		.configureOutput(commandOutput)
		.exitOverride();
	for (const command of ownFlagsCommands) {
		program.command(command.name).description(command.description);
	}
	const commands = await loadCommands(wanted, (ended) => {
		status = ended;
	});
	for (const command of commands) {
		program.addCommand(command.configureOutput(commandOutput));
	}
	try {
		await program.parseAsync([...argv], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) {
			throw error;
		}
		status = error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
	}
	return status;
}

/** Commander's own words about it would not be in our form. */
function unknownCommand(word: string, name: string): Problem | undefined {
	const help = `"${name} --help"`;
	if (word.startsWith("-")) {
		return rootFlags.includes(word) ? undefined : strayFlag(word, name);
	}
	if (commandNames.includes(word)) {
		return undefined;
	}
	const close = mostSimilar(word, commandNames);
	const accepted = close === undefined ? `one that ${help} lists` : `${close} or another that ${help} lists`;
	return { source: "command", value: word, complaint: "is not known", accepted };
}

const rootFlags = ["--help", "-h", "--version", "-V"];

const examples = `
Examples:
  # What would be applied
  shunt init -p 4143 -o 4140 --proxy-uid 2102 --iptables-mode nft --simulate

  # Apply it in another process's network namespace, and take it out again
  shunt init -p 4143 -o 4140 --proxy-uid 2102 --netns /proc/4321/ns/net
  shunt clean --netns /proc/4321/ns/net

  # Serve what is redirected, as the user that the rules exempt
  shunt proxy

"shunt COMMAND --help" says more about a command.`;

/**
 * How Commander writes help and mistakes. What is no terminal is never opened as a stream: that alone makes a pipe
 * non-blocking, for whoever else writes to it too.
 */
const commandOutput: OutputConfiguration = {
	writeOut: writeStandardOutput,
	writeErr: writeStandardError,
	outputError: (text, write) => write(mistake(text)),
	getOutHelpWidth: () => (isatty(1) ? process.stdout.columns : usualWidth),
	getErrHelpWidth: () => (isatty(2) ? process.stderr.columns : usualWidth),
	getOutHasColors: () => false,
	getErrHasColors: () => false,
};

/** What Commander takes where there is no terminal. */
const usualWidth = 80;

/** One line, whatever was typed, and Commander's guess below it. */
function mistake(text: string): string {
	const [, message = "", guess = ""] = /^(.*?)(\n\(Did you mean .*\))?\n?$/s.exec(text) ?? [];
	return `${harmless(message)}${guess}\n`;
}
