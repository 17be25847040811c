import { setFlagsFromString } from "node:v8";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { all, type Problem, type Result } from "../domain/problem.ts";
import { createLog } from "../serving/log.ts";
import type { FlushedOutput } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import { Agent } from "./agent.ts";
import type { NodeCluster } from "./node-cluster.ts";
import { type AgentOptions, asksApi } from "./options.ts";
import { readPluginConfiguration } from "./plugin-configuration.ts";

/** What the agent needs of the process that it runs in. */
export interface AgentWorld {
	output(): FlushedOutput;
	readonly signals: Signals;
	cluster(kubeconfig: string | undefined, node: string): Promise<Result<NodeCluster>>;
}

/**
 * Runs until a signal, which takes nothing out again: the node goes on with the plugin that it has while the next
 * version of the agent starts. Ends with `failed` where only a new container can help.
 */
export async function runAgent(
	options: AgentOptions,
	world: AgentWorld,
	refuse: (problems: readonly Problem[]) => ExitCode,
): Promise<ExitCode> {
	keepHeapSmall();
	const configuration = readPluginConfiguration(options.config);
	const cluster = asksApi(options) ? await world.cluster(options.kubeconfig, options.node ?? "") : undefined;
	if (!configuration.ok || cluster?.ok === false) {
		const failures = all<unknown>(cluster === undefined ? [configuration] : [configuration, cluster]);
		return refuse(failures.ok ? [] : failures.problems);
	}
	const output = world.output();
	const log = createLog(options, output);
	const stop = stopRequests(world.signals);
	const agent = new Agent({
		options,
		configuration: configuration.value,
		cluster: cluster?.value,
		log,
	});
	try {
		await agent.start();
		log.info("stopping", { signal: await Promise.race([stop.first, agent.failure]) });
		return exitCodes.done;
	} catch (error) {
		log.error("cannot run", { error: error instanceof Error ? error.message : String(error) });
		return exitCodes.failed;
	} finally {
		stop.ignore();
		agent.stop();
		await output.flush();
	}
}

/**
 * What a look makes is garbage after it. V8 makes room for more and more of that, up to 48 MB, and for what it keeps it takes as
 * much again; it gives that back only when nothing has happened for long, and the agent gains nothing by it.
 */
function keepHeapSmall(): void {
	setFlagsFromString("--semi-space-growth-factor=1");
	setFlagsFromString("--optimize-for-size");
}
