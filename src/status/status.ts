import { byWay } from "../backend/either-way.ts";
import { wantsColours } from "../command/colours.ts";
import { asksForJson, badInput, type Failure, guard, reportFailure } from "../command/failure.ts";
import { formatHelp } from "../command/help.ts";
import { enterNamedNetns } from "../command/netns.ts";
import { wantsHelp } from "../command/wants.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import { ok, type Result } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { examine } from "./examine.ts";
import { statusFlags } from "./flags.ts";
import { formatTable } from "./format-table.ts";
import { agentsPolicy, type GivenPolicy, readStampFile } from "./given-policy.ts";
import { lookInto, type Progress } from "./look-into.ts";
import { allNamespaces, type Namespace, namespaceAt, ownPath, shortfallsOf } from "./namespaces.ts";
import { parseStatusOptions, type StatusOptions, type Target } from "./options.ts";
import { lackOfPermission } from "./permission.ts";
import { exitCodeOf, makeReport, type NamespaceReport } from "./report.ts";

/** `shunt status`: which dialects hold our rules, and whether they are what they should be. Changes nothing. */
export function runStatus(host: Host, argv: readonly string[], program = "shunt status"): ExitCode {
	return guard(host, program, () => status(host, argv, program));
}

function status(host: Host, argv: readonly string[], program: string): ExitCode {
	if (wantsHelp(argv)) {
		host.stdout(formatHelp({ program, summary, flags: statusFlags(), examples, notes, exitStatus }));
		return exitCodes.done;
	}
	const read = readRequest(host, argv, program);
	if (!read.ok) {
		return reportFailure(host, program, badInput(read.problems), asksForJson(argv));
	}
	const request = read.value;
	const { target, output } = request;
	const progress = createProgress(host, program);
	const around = target.kind === "all" ? allNamespaces(host) : undefined;
	const found =
		around === undefined
			? look(host, request, progress)
			: lookInto(host, around.namespaces, progress, {
					look: (namespace) => reportOn(host, request, namespace, () => {}),
					refused: (namespace, failure) => ({ namespace, failure }),
				});
	progress(undefined);
	if ("exitCode" in found) {
		return reportFailure(host, program, found, output === "json" ? "json" : "text");
	}
	const unseen = around?.unseen ?? [];
	const shortfalls = around === undefined ? [] : shortfallsOf(host, around);
	const shortCodes = shortfalls.flatMap(({ exitCode }) => exitCode ?? []);
	const text =
		output === "json"
			? `${harmlessJson(makeReport(found, unseen, shortCodes.length > 0))}\n`
			: formatTable(found, styleOf(host, target));
	host.stdout(text);
	for (const message of new Set([
		...shortfalls.map((shortfall) => shortfall.message),
		...found.flatMap((report) => ("failure" in report ? report.failure.messages : [])),
	])) {
		host.log(`${program}: ${message}`);
	}
	return exitCodeOf(found, shortCodes);
}

/** What the flags say, now also of a file that one of them names. */
interface Request extends StatusOptions {
	readonly given: GivenPolicy | undefined;
}

function readRequest(host: Host, argv: readonly string[], program: string): Result<Request> {
	const options = parseStatusOptions(argv, program);
	if (!options.ok) {
		return options;
	}
	const { policy, policyFile } = options.value;
	if (policyFile === undefined) {
		return ok({ ...options.value, given: policy && { policy, by: "flags" } });
	}
	const read = readStampFile(host, policyFile, "--policy");
	return read.ok ? ok({ ...options.value, given: { policy: read.value, by: { stamp: policyFile } } }) : read;
}

const summary =
	"Shows in which dialects a network namespace holds rules of ours, and whether they are what they\n" +
	"should be: what flags of a policy say, or the pod's stamp, or what the table records of how they were\n" +
	"made (mode nftables); or else what the rules themselves say (every policy asks for certain rules, in\n" +
	"one order, the same for both families), and what that cannot rule out. Changes nothing.";

const examples = [
	["In this network namespace", ""],
	["In a pod's, from the node, by a process of the pod", "--pid 4321"],
	["Are they still what was applied?", "-p 4143 -o 4140 --proxy-uid 2102 --iptables-mode nft --netns my-pod"],
	["Are they what the pod was given?", "--pid 4321 --policy pod.json"],
	["On the whole node, for programs", "--all --output json"],
] as const;

const notes = `The table has a line for each table of the kernel's with rules of ours, and below it what differs:
  MODE  FAMILY  RULES  STATE
  nft   ipv4    7      in sync
  nft   ipv6    6      1 difference

  Differences:
    nft ipv6: rule 1 of chain PROXY_INIT_OUTPUT is missing, which ipv4 has: by user 2102: return [proxy-init/ignore-proxy-user-id]
Rules of other programs that come before ours are shown, and are no drift: ours are as they should be.

The object of --output json has a verdict, with --all "unseen", the processes whose namespace could not be told,
and a list of namespaces; each has:
  netns         path, inode, name in /run/netns, processes, process (pid, command, container, pod)
  verdict       in-sync, drift, no-rules, or unknown where a table could not be read
  comparedWith  flags, stamp, record (what the table tells of how its rules were made) or rules (no more than they say)
  stamp         where the pod's stamp was read
  notRuledOut   what may have happened to the rules and would not show, where they were compared with themselves
  policy        arguments of shunt init that make the rules that are there
  held          mode, family and number of rules of each table with rules of ours
  drift         kind, mode, family, hook, position, rule, and all that in a sentence
  foreignFirst  rules of other programs that come before ours and may decide instead of them
  others        what other programs have in the nat tables, and which rules were not understood
  remarks       what is no drift but worth knowing
  notRead       tables that could not be read, and why`;

const exitStatus = `0 in sync, or no rules of ours and none asked for, 2 drift, 1 failed, 64 bad input,
             69 a table cannot be read for want of its program, 77 not permitted`;

function styleOf(host: Host, target: Target) {
	return { colors: wantsColours(host), showsNamespaces: target.kind === "all" };
}

/** One namespace, which has to be there. */
function look(host: Host, options: Request, progress: Progress): NamespaceReport[] | Failure {
	const { target } = options;
	const netns = target.kind === "named" ? target.netns : undefined;
	const path = netns?.path ?? ownPath;
	const namespace = namespaceAt(host, path);
	const lost = enterNamedNetns(host, netns);
	if (lost !== undefined) {
		return lost;
	}
	const report = reportOn(host, options, namespace ?? { path, inode: "", processes: 0 }, progress);
	return "failure" in report ? report.failure : [report];
}

function reportOn(host: Host, options: Request, namespace: Namespace, progress: Progress): NamespaceReport {
	const failure = lackOfPermission(host);
	if (failure !== undefined) {
		return { namespace, failure };
	}
	const pod = namespace.process?.pod;
	const given = options.given ?? (pod === undefined ? undefined : agentsPolicy(host, pod));
	const expected = { given, mode: options.mode };
	return { namespace, examination: examine(byWay(host, options.transport), expected, progress) };
}

/** On standard error, for a look that takes long: see {@link Host.sayWhileSlow}. */
function createProgress(host: Host, program: string): Progress {
	return (state) => host.sayWhileSlow(state === undefined ? undefined : `${program}: ${state} …`);
}
