import { type Command, Option } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import { parseDuration } from "../../domain/duration.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { all, err, ok, type Problem, type Result } from "../../domain/problem.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { addValueFlags, type ValueFlags } from "../chart/value-flags.ts";
import { addClusterFlags, type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import { badInput, connect, Refusal, required, settle } from "../install/outcome.ts";
import { type CheckIo, processIo } from "../io.ts";
import { createPaints, wantsColour } from "../paint.ts";
import { categoryNames, wantedCategories } from "./categories.ts";
import type { CheckContext, CheckRequest, NodeProbe } from "./check.ts";
import { formatResults, type OutputFormat, outputFormats } from "./format-results.ts";
import { isSuccess } from "./run-checks.ts";

/** `shunt check`. The exit status goes to `finish`, since only an entry point may end the process. */
export function checkCommand(finish: (status: ExitCode) => void, io: CheckIo = processIo): Command {
	const command = new StrictCommand("check")
		.collectProblems()
		.description("look whether Shunt is, or could be, installed well");
	addCheckFlags(command).addHelpText("after", examples);
	return command.action(async (flags: CheckFlags) => finish(await runCheck(flags, io, command)));
}

const examples = `
Checks come in categories, always in this order:
${categoryNames.map(({ name, when }) => `  ${name}${when === undefined ? "" : ` (${when})`}`).join("\n")}
docs/checks.md says for each what it means when it fails and what to do.

A failure makes the exit status 1; a warning does not. What may yet come true is tried again until --wait is over.
--probe-nodes runs "shunt init --probe" on every node in a pod that has an init container's rights and is deleted at
the end, and compares what works there with the mode that the values ask for, or else with the release's.

Examples:
  # Before an installation: may I, and can all nodes serve the mode?
  shunt check --pre --probe-nodes --set proxyInit.iptablesMode=nft

  # After it, in a script
  shunt install | kubectl apply -f - && shunt check -o short

  # After a change of mode: which pods need a restart?
  shunt upgrade --set proxyInit.iptablesMode=nft | kubectl apply -f - && shunt check --proxy

Exit status: 0 all is well, 1 something failed, 64 bad input.`;

interface CheckFlags extends ClusterFlags, ValueFlags {
	readonly pre?: true;
	readonly proxy?: true;
	readonly probeNodes?: true;
	readonly probeNamespace?: string;
	readonly wait: string;
	readonly output: OutputFormat;
}

/** What the flags come to. */
interface CheckOptions extends CheckRequest {
	readonly waitMs: number;
	/** Whether values were given, over those of the release or the chart. */
	readonly hasValues: boolean;
}

function addCheckFlags(command: StrictCommand): StrictCommand {
	command
		.option("--pre", "before an installation: whether Shunt could be installed")
		.option("--proxy", "look at the applications' pods too: modes, missing proxies, readiness")
		.option("--probe-nodes", "try on every node, with a short-lived pod, which modes it can serve")
		.option("--probe-namespace <name>", "where those pods run (default: the release's namespace, or default)")
		.option("--wait <time>", "how long to wait for what may come true; also for one node's pod", "5m")
		.addOption(
			new Option("-o, --output <format>", "how to print it; short leaves out what is well")
				.choices([...outputFormats])
				.default("table"),
		);
	addClusterFlags(command);
	return addValueFlags(command);
}

/** Every mistake at once. */
function parseCheckFlags(flags: CheckFlags, known: readonly Problem[] = []): Result<CheckOptions> {
	const { pre = false, proxy = false, probeNodes = false, probeNamespace } = flags;
	const wait = parseDuration(flags.wait, "--wait");
	const hasValues = valueFlags.some((name) => flags[name] !== undefined);
	const namespaces = [
		parseNamespace(flags.namespace),
		...(probeNamespace === undefined ? [] : [parseNamespace(probeNamespace, "--probe-namespace")]),
	];
	const problems: Problem[] = [
		...known,
		...(pre && proxy
			? [alone("--proxy", "makes no sense with --pre, before there are proxies", "one of them")]
			: []),
		...(probeNamespace !== undefined && !probeNodes
			? [alone("--probe-namespace", "says nothing without --probe-nodes", "both")]
			: []),
		...(hasValues && !probeNodes
			? [
					alone(
						"--values, --set …",
						"say nothing without --probe-nodes",
						"both, to try the nodes for these values",
					),
				]
			: []),
	];
	const parsed = all<unknown>([wait, ...namespaces, ...(problems.length > 0 ? [err(...problems)] : [])]);
	return parsed.ok && wait.ok
		? ok({ pre, proxy, probeNodes, hasValues, waitMs: wait.value })
		: err(...(parsed.ok ? [] : parsed.problems));
}

const valueFlags = ["values", "set", "setString", "setJson", "setFile"] as const;

function alone(source: string, complaint: string, accepted: string): Problem {
	return { source, complaint, accepted };
}

/** Looks, waits where that may help, and prints everything at the end. */
function runCheck(
	flags: CheckFlags,
	io: CheckIo,
	{ program, problems }: Pick<StrictCommand, "program" | "problems">,
): Promise<ExitCode> {
	return settle(io, program, async () => {
		const options = parseCheckFlags(flags, problems);
		if (!options.ok) {
			throw badInput(options.problems);
		}
		const found = await connect(flags, io);
		const cluster = required(found, "no kubeconfig names a cluster to look at: see --kubeconfig");
		const stop = listenForStop(io);
		try {
			return await check({ flags, options: options.value, io, cluster, stop });
		} finally {
			stop.close();
		}
	});
}

interface Run {
	readonly flags: CheckFlags;
	readonly options: CheckOptions;
	readonly io: CheckIo;
	readonly cluster: Cluster;
	readonly stop: Stop;
}

/** What it loads, the Kubernetes client foremost, takes its time. */
async function check(run: Run): Promise<ExitCode> {
	const { flags, options, io, cluster, stop } = run;
	const { checksOf } = await import("./all-checks.ts");
	const { releaseReader } = await import("./release.ts");
	const { runChecks } = await import("./run-checks.ts");
	const progress = (text: string) => io.stderr(`${harmless(text)}\n`);
	const { namespace } = flags;
	const context: CheckContext = {
		cluster,
		namespace,
		release: releaseReader(cluster, namespace),
		now: io.now,
		nodeProbe: options.probeNodes ? await nodeProbe(run, progress) : undefined,
	};
	const results = await runChecks(
		wantedCategories(options).map((name) => ({ name, checks: checksOf[name] })),
		context,
		{ waitMs: options.waitMs, now: io.now, progress, ...stop },
	);
	const paints = createPaints(wantsColour(io.isTerminal, io.env));
	io.stdout(formatResults(results, flags.output, paints));
	return isSuccess(results) && !stop.isStopped() ? exitCodes.done : exitCodes.failed;
}

async function nodeProbe(run: Run, progress: (text: string) => void): Promise<NodeProbe> {
	const { flags, options, stop } = run;
	return {
		targetFrom: await targetOf(run),
		namespace: flags.probeNamespace,
		timeoutMs: Math.max(options.waitMs, leastProbeMs),
		progress,
		...stop,
	};
}

/** Before an installation no cluster is needed to see that the values are wrong. */
async function targetOf({ flags, options, io }: Run): Promise<NodeProbe["targetFrom"]> {
	const { targetFromFlags } = await import("./node-probe-config.ts");
	if (!options.pre) {
		return options.hasValues ? (stored) => targetFromFlags(flags, stored, io) : undefined;
	}
	const target = await targetFromFlags(flags, undefined, io);
	if (target.kind === "unreadable") {
		throw new Refusal(exitCodes.badInput, target.complaints.join("\n"));
	}
	return async () => target;
}

/** An image has to be pulled first; `--wait 0` is about other things. */
const leastProbeMs = 30_000;

/** That somebody wants this to end, for those who wait. */
interface Stop {
	isStopped(): boolean;
	/** Resolves after so many milliseconds, or at once when it is to end. */
	sleep(milliseconds: number): Promise<void>;
	/** Listens no longer. */
	close(): void;
}

function listenForStop(io: CheckIo): Stop {
	let isStopped = false;
	let wake = () => {};
	const stopped = new Promise<void>((resolve) => {
		wake = resolve;
	});
	const close = io.onStop(() => {
		isStopped = true;
		io.stderr("stopping …\n");
		wake();
	});
	return {
		isStopped: () => isStopped,
		sleep: (milliseconds) => Promise.race([io.sleep(milliseconds), stopped]),
		close,
	};
}
