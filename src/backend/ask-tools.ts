import type { BackendErrorCode } from "../backend/backend-error.ts";
import { toolFailure } from "../backend/tool-failure.ts";
import type { Command, Host } from "../host/host.ts";

/** A program to run for what it prints. */
export interface Question {
	readonly program: string;
	readonly args: readonly string[];
}

/** What it printed, or a clause that says why there is nothing. */
export type Answer =
	| { readonly kind: "printed"; readonly text: string }
	| { readonly kind: "failed"; readonly why: string; readonly code: BackendErrorCode };

const timeoutMs = 60_000;

/** Runs all that are installed at the same time, and answers in order. */
export function askTools(host: Host, questions: readonly Question[]): Answer[] {
	const prepared = questions.map(({ program, args }) => {
		const path = host.find(program);
		return { program, command: path === undefined ? undefined : commandOf(path, args) };
	});
	const commands = prepared.flatMap(({ command }) => (command === undefined ? [] : [command]));
	const results = commands.length === 0 ? [] : host.run(commands);
	return prepared.map(({ program, command }): Answer => {
		const result = command && results[commands.indexOf(command)];
		if (command === undefined || result === undefined) {
			return { kind: "failed", why: `${program} is not installed`, code: "missing-tool" };
		}
		const failure = toolFailure(host, command, result);
		return failure === undefined
			? { kind: "printed", text: result.stdout }
			: { kind: "failed", why: failure.message, code: failure.code };
	});
}

function commandOf(path: string, args: readonly string[]): Command {
	return { argv: [path, ...args], timeoutMs };
}
