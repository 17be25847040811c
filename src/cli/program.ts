import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmless } from "../domain/harmless.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";
import { HostError } from "../host/host.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";

/**
 * `shunt COMMAND …`. The node-side commands read their own flags, because the native program runs the very same
 * code; so they also start without loading what the others need, and a proxy, which every pod starts, without what they do.
 */
export function runShunt(argv: readonly string[], name = "shunt"): Promise<ExitCode> {
	const [command = "-"] = argv;
	const program = command.startsWith("-") ? name : `${name} ${command}`;
	const problems = mangledArguments(argv);
	if (problems.length > 0) {
		writeStandardError(problems.map((problem) => `${program}: ${formatProblem(problem)}\n`).join(""));
		return Promise.resolve(exitCodes.badInput);
	}
	return delivering(program, () => run(argv, name));
}

/**
 * Node takes arguments for UTF-8 and puts a replacement character for each byte that is none. Nobody writes that
 * character, and what we print would be another text than the one that we were given.
 */
function mangledArguments(argv: readonly string[]): Problem[] {
	return argv.flatMap((value, index) =>
		value.includes("\ufffd")
			? [{ source: `argument ${index + 1}`, value, complaint: "is not UTF-8", accepted: "text in UTF-8" }]
			: [],
	);
}

async function run(argv: readonly string[], name: string): Promise<ExitCode> {
	const [command, ...rest] = argv;
	switch (command) {
		case "init":
		case "clean":
		case "status":
		case "connections": {
			const { runOnNode } = await import("./node-side.ts");
			return runOnNode(command, rest, `${name} ${command}`);
		}
		case "validate":
			return runNetworkValidator(rest, `${name} validate`);
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
export async function runProxyInit(argv: readonly string[]): Promise<ExitCode> {
	const { runOnNode } = await import("./node-side.ts");
	return runOnNode("init", argv, "proxy-init");
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
