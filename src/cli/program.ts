import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { version } from "../domain/version.ts";
import { createNodeHost } from "../host/node.ts";
import { runClean } from "../init/clean.ts";
import { runInit } from "../init/init.ts";

/**
 * `shunt COMMAND …`. The node-side commands read their own flags, because the native program runs the very same
 * code without this library.
 */
export async function runShunt(argv: readonly string[]): Promise<ExitCode> {
	const [command = "--help", ...rest] = argv;
	switch (command) {
		case "init":
			return runInit(createNodeHost(), rest);
		case "clean":
			return runClean(createNodeHost(), rest);
		default:
			return runWithCommander(argv);
	}
}

async function runWithCommander(argv: readonly string[]): Promise<ExitCode> {
	const { Command } = await import("commander");
	const program = new Command("shunt")
		.description("Puts a proxy into a pod's TCP traffic path, in whichever dialect the kernel speaks")
		.version(version)
		.exitOverride();
	program.command("init").description("apply a redirect policy in a network namespace").helpOption(false);
	program.command("clean").description("remove everything of ours in every dialect").helpOption(false);
	try {
		await program.parseAsync([...argv], { from: "user" });
		return exitCodes.done;
	} catch {
		return exitCodes.badInput;
	}
}
