import type { StrictCommand } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { connectCluster } from "../../kube/connect-cluster.ts";
import { badInput, Refusal, settle } from "../install/outcome.ts";
import { createPaints, wantsColour } from "../paint.ts";
import { aloud } from "./aloud.ts";
import type { Inquiry } from "./check.ts";
import { type CheckFlags, type CheckOptions, parseCheckFlags } from "./check-flags.ts";
import { formatResults } from "./format-results.ts";
import type { NodeProbe } from "./node-probe.ts";
import { isSuccess } from "./run-checks.ts";
import { listenForStop, type Stop } from "./stop.ts";
import type { CheckWorld } from "./world.ts";

/** Looks, waits where that may help, and prints everything at the end. */
export function runCheck(
	flags: CheckFlags,
	world: CheckWorld,
	{ program, problems }: Pick<StrictCommand, "program" | "problems">,
): Promise<ExitCode> {
	return settle(world, program, async () => {
		const options = parseCheckFlags(flags, problems);
		if (!options.ok) {
			throw badInput(options.problems);
		}
		const cluster = await connect(flags, world);
		const stop = listenForStop(world);
		try {
			return await check({ flags, options: options.value, world, cluster, stop });
		} finally {
			stop.close();
		}
	});
}

async function connect(flags: CheckFlags, world: CheckWorld): Promise<Cluster> {
	const cluster = await connectCluster(flags, world.env);
	if (!cluster.ok) {
		throw badInput(cluster.problems);
	}
	if (cluster.value === undefined) {
		throw new Refusal(exitCodes.failed, "no kubeconfig names a cluster to look at: see --kubeconfig");
	}
	return cluster.value;
}

interface Run {
	readonly flags: CheckFlags;
	readonly options: CheckOptions;
	readonly world: CheckWorld;
	readonly cluster: Cluster;
	readonly stop: Stop;
}

/** What it loads, the Kubernetes client foremost, takes its time. */
async function check(run: Run): Promise<ExitCode> {
	const { flags, options, world, cluster, stop } = run;
	const { categories } = await import("./categories.ts");
	const { releaseReader } = await import("./release.ts");
	const { runChecks } = await import("./run-checks.ts");
	const progress = (text: string) => world.stderr(`${harmless(text)}\n`);
	const { namespace } = flags;
	const inquiry: Inquiry = {
		cluster,
		namespace,
		release: releaseReader(cluster, namespace),
		now: world.now,
		nodeProbe: options.probeNodes ? await nodeProbe(run, progress) : undefined,
	};
	const results = await runChecks(
		categories.filter((category) => category.isWanted(options)),
		inquiry,
		{ waitMs: options.waitMs, now: world.now, progress, aloud: aloud(progress), ...stop },
	);
	const paints = createPaints(wantsColour(world.isTerminal, world.env));
	world.stdout(formatResults(results, flags.output, paints));
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
async function targetOf({ flags, options, world }: Run): Promise<NodeProbe["targetFrom"]> {
	const { targetFromFlags } = await import("./node-probe-config.ts");
	if (!options.pre) {
		return options.hasValues ? (stored) => targetFromFlags(flags, stored, world) : undefined;
	}
	const target = await targetFromFlags(flags, undefined, world);
	if (target.kind === "unreadable") {
		throw new Refusal(exitCodes.badInput, target.complaints.join("\n"));
	}
	return async () => target;
}

/** An image has to be pulled first; `--wait 0` is about other things. */
const leastProbeMs = 30_000;
