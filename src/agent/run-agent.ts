import { dirname } from "node:path";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Problem } from "../domain/problem.ts";
import { startAdmin } from "../serving/admin.ts";
import { createLog, type Log } from "../serving/log.ts";
import type { FlushedOutput } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import { Installation } from "./installation.ts";
import { createMetrics } from "./metrics.ts";
import type { AgentOptions } from "./options.ts";
import { readPluginConfiguration } from "./plugin-configuration.ts";
import type { PluginEntry } from "./plugin-entry.ts";
import { Upkeep } from "./upkeep.ts";

/** What the agent needs of the process that it runs in. */
export interface AgentWorld {
	output(): FlushedOutput;
	readonly signals: Signals;
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
	const entry = readPluginConfiguration(options.config);
	if (!entry.ok) {
		return refuse(entry.problems);
	}
	const output = world.output();
	const log = createLog(options, output);
	try {
		return await serve(entry.value, { options, world, log });
	} catch (error) {
		log.error("cannot run", { error: error instanceof Error ? error.message : String(error) });
		return exitCodes.failed;
	} finally {
		await output.flush();
	}
}

interface Serving {
	readonly options: AgentOptions;
	readonly world: AgentWorld;
	readonly log: Log;
}

async function serve(entry: PluginEntry, { options, world, log }: Serving): Promise<ExitCode> {
	const { places, adminPort, address, checkIntervalMs, uninstall } = options;
	const metrics = createMetrics();
	const stop = stopRequests(world.signals);
	let fail: (error: unknown) => void = () => undefined;
	const failure = new Promise<never>((_, reject) => {
		fail = reject;
	});
	const upkeep = new Upkeep({
		installation: new Installation(places, { ...options, entry }),
		configuration: () => readPluginConfiguration(options.config),
		folders: [places.netDir, places.binDir, dirname(options.config)],
		intervalMs: checkIntervalMs,
		...{ uninstall, log },
		looked: metrics.looked,
		failed: fail,
	});
	// First, so that /ready can say "not yet" from the beginning.
	const admin = await startAdmin(
		{ port: adminPort, ...(address === undefined ? {} : { host: address }) },
		{ obstacles: () => upkeep.obstacles, metrics },
	);
	try {
		upkeep.start();
		log.info("stopping", { signal: await Promise.race([stop.first, failure]) });
		return exitCodes.done;
	} finally {
		stop.ignore();
		upkeep.stop();
		admin.close();
		admin.closeAllConnections();
	}
}
