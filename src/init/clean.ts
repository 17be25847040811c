import { type Leftover, removeEverything } from "../backend/leftovers.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { fail, ok, type Result } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { parseCommandLine } from "./command-line.ts";
import { badInput, environmentFailure, guard, reportFailure } from "./failure.ts";
import { FlagValues } from "./flag-values.ts";
import { cleanFlags } from "./flags.ts";
import { formatHelp, wantsHelp } from "./help.ts";
import { createLogger } from "./logger.ts";
import { enterNamedNetns } from "./netns.ts";
import { asksForJson, type CommonOptions, readCommon } from "./options.ts";

/** `shunt clean`: removes everything of ours in every dialect. Nothing to remove is success too. */
export function runClean(host: Host, argv: readonly string[], program = "shunt clean"): ExitCode {
	return guard(host, program, () => clean(host, argv, program));
}

function clean(host: Host, argv: readonly string[], program: string): ExitCode {
	if (wantsHelp(argv)) {
		host.stdout(formatHelp({ program, summary, flags: cleanFlags, examples }));
		return exitCodes.done;
	}
	const options = parseCleanOptions(argv, program);
	if (!options.ok) {
		return reportFailure(host, program, badInput(options.problems), asksForJson(argv));
	}
	const lost = enterNamedNetns(host, options.value.netns);
	if (lost !== undefined) {
		return reportFailure(host, program, lost, options.value.output);
	}
	return report(host, options.value, removeEverything(host), program);
}

const summary =
	"Removes the rules that shunt init (or Linkerd's proxy-init) made, in every dialect that holds\n" +
	"any, and leaves everything else alone.";

const examples = [
	["In this network namespace", ""],
	["In a pod's, from the node", "--netns /proc/4321/ns/net"],
] as const;

function parseCleanOptions(argv: readonly string[], program: string): Result<CommonOptions> {
	const flags = new FlagValues(parseCommandLine(argv, cleanFlags, program), cleanFlags);
	const options = readCommon(flags);
	return flags.problems.length > 0 ? fail(...flags.problems) : ok(options);
}

function report(host: Host, options: CommonOptions, found: readonly Leftover[], program: string): ExitCode {
	const log = createLogger(host, options.logFormat, options.logLevel);
	const removed = found.filter(({ failure }) => failure === undefined);
	const failures = found.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
	for (const { dialect, scope } of removed) {
		log.info(`${scope}: removed our rules in mode ${dialect}`);
	}
	const [first] = failures;
	if (first !== undefined) {
		const { exitCode } = environmentFailure(first);
		const messages = failures.map((failure) => failure.message);
		return reportFailure(host, program, { exitCode, messages }, options.output);
	}
	if (removed.length === 0) {
		log.info("there was nothing of ours to remove");
	}
	if (options.output === "json") {
		const places = removed.map(({ dialect, scope }) => ({ mode: dialect, family: scope }));
		host.stdout(`${JSON.stringify({ removed: places })}\n`);
	}
	return exitCodes.done;
}
