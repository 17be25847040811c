import { strayFlag } from "../command/command-line.ts";
import { guard } from "../command/failure.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";
import { version } from "../domain/version.ts";
import type { Host } from "../host/host.ts";
import { runInitWith, type Seldom } from "./init.ts";

/**
 * The node-side programs in one: which of them it is shows in the name by which it was called (`invokedAs`, with or
 * without its folders) or in the first argument.
 */
export function runMultiCall(
	host: Host,
	invokedAs: string,
	argv: readonly string[],
	others: OtherPrograms,
): ExitCode {
	const name = invokedAs.slice(invokedAs.lastIndexOf("/") + 1);
	return initNames.has(name)
		? runInitWith(host, argv, name, others)
		: guard(host, "shunt", () => runShunt(host, argv, others));
}

/** What is not part of this bundle, so that starting `shunt init` does not cost more with every program beside it. */
export interface OtherPrograms extends Seldom {
	/** What the help says where no command is named. */
	overview(): string;
	clean(argv: readonly string[]): ExitCode;
	status(argv: readonly string[]): ExitCode;
}

/** The last is where Linkerd's injector looks for it. */
const initNames: ReadonlySet<string> = new Set(["proxy-init", "shunt-init", "linkerd2-proxy-init"]);

function runShunt(
	host: Host,
	[command = "--help", ...argv]: readonly string[],
	others: OtherPrograms,
): ExitCode {
	switch (command) {
		case "init":
			return runInitWith(host, argv, "shunt init", others);
		case "clean":
			return others.clean(argv);
		case "status":
			return others.status(argv);
		case "help":
			return runShunt(host, argv.length === 0 ? ["--help"] : [...argv.slice(0, 1), "--help"], others);
		case "--version":
		case "-V":
			host.stdout(`${version}\n`);
			return exitCodes.done;
		case "--help":
		case "-h":
			host.stdout(others.overview());
			return exitCodes.done;
		default:
			host.log(`shunt: ${formatProblem(command.startsWith("-") ? strayFlag(command) : stranger(command))}`);
			return exitCodes.badInput;
	}
}

function stranger(command: string): Problem {
	return {
		source: "command",
		value: command,
		complaint: "is not a command here",
		accepted: "init, clean or status",
	};
}
