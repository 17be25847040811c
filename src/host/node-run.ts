import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { errnoOfThrown } from "../linux/errno.ts";
import { inputOf } from "./command-input.ts";
import type { Command, CommandResult } from "./host.ts";

/**
 * One after the other: Node has no call that waits for several children without returning to the event loop, which
 * a synchronous port cannot do. A helper thread with Atomics.wait could, but starting one takes longer than the two
 * restores it would overlap, and the program for which that matters is the native one.
 */
export function runCommands(
	commands: readonly Command[],
	env: Record<string, string>,
	whileRunning?: () => void,
): CommandResult[] {
	const results = commands.map((command) => runCommand(command, env));
	whileRunning?.();
	return results;
}

function runCommand(command: Command, env: Record<string, string>): CommandResult {
	const [file, ...args] = command.argv;
	// execve(2) cannot pass these on, and Node throws rather than answers.
	if (command.argv.some((argument) => argument.includes("\0"))) {
		return { outcome: { kind: "not-started", reason: "invalid argument" }, stdout: "", stderr: "" };
	}
	const ended = spawnSync(file, args, {
		env,
		input: inputOf(command),
		timeout: Math.max(1, Math.ceil(command.timeoutMs)),
		killSignal: "SIGKILL",
		maxBuffer: Number.POSITIVE_INFINITY,
		encoding: "utf8",
	});
	// A child that never ran leaves these null.
	return { outcome: outcomeOf(ended), stdout: ended.stdout ?? "", stderr: ended.stderr ?? "" };
}

/**
 * `error` alone says little: it is also set (EPIPE) for a child that closed its standard input early and then went
 * on to do its work, so how the child ended is looked at first.
 */
function outcomeOf(ended: SpawnSyncReturns<string>): CommandResult["outcome"] {
	if (ended.status !== null) {
		return { kind: "exited", code: ended.status };
	}
	if (ended.error !== undefined && "code" in ended.error && ended.error.code === "ETIMEDOUT") {
		return { kind: "timed-out" };
	}
	if (ended.signal !== null) {
		return { kind: "killed", signal: ended.signal };
	}
	return { kind: "not-started", reason: errnoOfThrown(ended.error).message };
}
