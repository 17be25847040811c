import type { KernelTable } from "../backend/backend.ts";
import { byWay } from "../backend/either-way.ts";
import { removeEverything } from "../backend/stale-rules.ts";
import { describeHidden, type HiddenTable } from "../backend/tables.ts";
import { parseCommandLine } from "../command/command-line.ts";
import { type CommonOptions, readCommon } from "../command/common-options.ts";
import {
	asksForJson,
	badInput,
	environmentFailure,
	type Failure,
	guard,
	reportFailure,
} from "../command/failure.ts";
import { FlagValues } from "../command/flag-values.ts";
import { formatHelp } from "../command/help.ts";
import { createLogger } from "../command/logger.ts";
import { enterNamedNetns } from "../command/netns.ts";
import { wantsHelp } from "../command/wants.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { parseTransport, type Transport } from "../domain/transport.ts";
import type { Host } from "../host/host.ts";
import { kernelCloseWait, readCloseWait } from "./close-wait.ts";
import { cleanFlags } from "./flags.ts";

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
	host.sayWhileSlow(`${program}: still looking for rules of ours and removing them …`);
	const removal = removeEverything(byWay(host, options.value.transport));
	host.sayWhileSlow(undefined);
	return report(host, options.value, removal, program);
}

const summary =
	"Removes the rules that shunt init (or Linkerd's proxy-init) made, in every dialect that holds\n" +
	"any, and leaves everything else alone.";

const examples = [
	["In this network namespace", ""],
	["In a pod's, from the node", "--netns /proc/4321/ns/net"],
] as const;

interface CleanOptions extends CommonOptions {
	readonly transport: Transport;
}

function parseCleanOptions(argv: readonly string[], program: string): Result<CleanOptions> {
	const flags = new FlagValues(parseCommandLine(argv, cleanFlags, program), cleanFlags);
	const options = { transport: flags.one("transport", parseTransport) ?? "auto", ...readCommon(flags) };
	return flags.problems.length > 0 ? err(...flags.problems) : ok(options);
}

function report(
	host: Host,
	options: CommonOptions,
	{ stale, hidden, tables }: ReturnType<typeof removeEverything>,
	program: string,
): ExitCode {
	const log = createLogger(host, options.logFormat, options.logLevel);
	const removed = stale.filter(({ failure }) => failure === undefined);
	for (const { dialect, scope } of removed) {
		log.info(`${scope}: removed our rules in mode ${dialect}`);
	}
	for (const { dialect, scope } of tables) {
		log.info(`${scope}: removed the empty nat table of mode ${dialect}`);
	}
	log.info(whatStays(host, removed));
	const failures = [
		...stale.flatMap(({ dialect, scope, failure }) =>
			failure === undefined ? [] : [environmentFailure(failure, `mode ${dialect}, ${scope}: `)],
		),
		...unseen(hidden),
	];
	if (failures.length > 0) {
		return reportFailure(host, program, mergeFailures(failures), options.output);
	}
	if (removed.length === 0) {
		log.info("there was nothing of ours to remove");
	}
	if (options.output === "json") {
		const inWords = ({ dialect, scope }: KernelTable) => ({ mode: dialect, family: scope });
		host.stdout(`${harmlessJson({ removed: removed.map(inWords), tables: tables.map(inWords) })}\n`);
	}
	return exitCodes.done;
}

/** Where it cannot be seen there may be any number of rules of ours, and nothing was removed. */
function unseen(hidden: readonly HiddenTable[]): Failure[] {
	if (hidden.length === 0) {
		return [];
	}
	const isDenied = hidden.some(({ code }) => code === "not-permitted");
	const advice = isDenied
		? ": run it as root with the capability NET_ADMIN in the user namespace that the network namespace belongs to"
		: "";
	return [
		{
			exitCode: isDenied ? exitCodes.notPermitted : exitCodes.failed,
			messages: [...describeHidden(hidden), `what is there was left as it is${advice}`],
		},
	];
}

/** Each message once, and of the exit statuses the first. */
function mergeFailures(failures: readonly Failure[]): Failure {
	return {
		exitCode: failures[0]?.exitCode ?? exitCodes.failed,
		messages: [...new Set(failures.flatMap(({ messages }) => messages))],
	};
}

/** What a run has left that cannot, or must not, be taken back. */
function whatStays(host: Host, removed: readonly KernelTable[]): string[] {
	const unremovable = removed.filter(({ subsystem }) => subsystem === "x_tables");
	const closeWait = readCloseWait(host);
	return [
		...[...new Set(unremovable.map(({ dialect }) => dialect))].map(
			(dialect) =>
				`the empty nat table of mode ${dialect} stays until this network namespace ends: the kernel has no way to remove it`,
		),
		...(closeWait === undefined || closeWait === kernelCloseWait
			? []
			: [
					`nf_conntrack_tcp_timeout_close_wait stays at ${closeWait} s, where the kernel begins with ${kernelCloseWait}: nobody can tell who set it (shunt init --timeout-close-wait-secs does)`,
				]),
	];
}
