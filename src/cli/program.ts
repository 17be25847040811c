import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmless } from "../domain/harmless.ts";
import { HostError } from "../host/host.ts";
import { createNodeHost } from "../host/node.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";
import { runClean } from "../init/clean.ts";
import { runInit } from "../init/init.ts";
import { findSocketOwners } from "../linux/socket-owners.ts";
import { runStatus } from "../status/status.ts";

/**
 * `shunt COMMAND …`. The node-side commands read their own flags, because the native program runs the very same
 * code; so they also start without loading what the others need.
 */
export function runShunt(argv: readonly string[], name = "shunt"): Promise<ExitCode> {
	const [command = "-"] = argv;
	return delivering(command.startsWith("-") ? name : `${name} ${command}`, () => run(argv, name));
}

async function run(argv: readonly string[], name: string): Promise<ExitCode> {
	const [command, ...rest] = argv;
	switch (command) {
		case "init":
			return runInit(createNodeHost(), rest, `${name} init`);
		case "clean":
			return runClean(createNodeHost(), rest, `${name} clean`);
		case "validate":
			return runNetworkValidator(rest, `${name} validate`);
		case "status":
			return runStatus(createNodeHost(), rest, `${name} status`);
		case "connections": {
			const { runConnections } = await import("../connections/connections.ts");
			return runConnections(createNodeHost(), findSocketOwners, rest, `${name} connections`);
		}
		case "help":
			return runShunt(rest.length === 0 ? ["--help"] : [...rest.slice(0, 1), "--help"], name);
		case "__complete":
			return runComplete(rest);
		default: {
			const { runCommandTree } = await import("./command-tree.ts");
			return runCommandTree(argv.length === 0 ? ["--help"] : argv, name);
		}
	}
}

/** What a shell may offer; see completion/complete.ts. */
export function runComplete(words: readonly string[]): Promise<ExitCode> {
	return delivering("shunt __complete", async () => {
		const { completionOf } = await import("./completion/shape-of-program.ts");
		writeStandardOutput(await completionOf(words));
		return exitCodes.done;
	});
}

/** `proxy-init …` is `shunt init …`. */
export function runProxyInit(argv: readonly string[]): ExitCode {
	return runInit(createNodeHost(), argv, "proxy-init");
}

/** `shunt-network-validator …` is `shunt validate …`. */
export function runNetworkValidator(
	argv: readonly string[],
	program = "shunt-network-validator",
): Promise<ExitCode> {
	return delivering(program, async () => {
		const { runValidate } = await import("../validator/run.ts");
		return runValidate(argv, program);
	});
}

/**
 * Runs a program to its exit status. Where standard output does not take all of its result the status says so, and a
 * line why, since most of what we print is for another program to act on.
 */
async function delivering(program: string, run: () => ExitCode | Promise<ExitCode>): Promise<ExitCode> {
	try {
		return await run();
	} catch (error) {
		if (!(error instanceof HostError)) {
			throw error;
		}
		writeStandardError(`${harmless(`${program}: ${error.message}`)}\n`);
		return exitCodes.failed;
	}
}
