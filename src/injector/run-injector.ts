import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Problem, Result } from "../domain/problem.ts";
import { createLog, type Log } from "../serving/log.ts";
import type { FlushedOutput } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import type { Cluster } from "./cluster.ts";
import { Injector } from "./injector.ts";
import { loadMounted } from "./mounted.ts";
import type { InjectorOptions } from "./options.ts";
import type { WebhookLimits } from "./webhook-server.ts";

/** What the injector needs of the process that it runs in. */
export interface InjectorWorld {
	output(): FlushedOutput;
	cluster(kubeconfig: string | undefined): Promise<Result<Cluster>>;
	readonly signals: Signals;
	/** The usual ones when absent. */
	readonly limits?: WebhookLimits;
}

/** Runs until a signal, and then for as long as answers take. A second signal ends them at once. */
export async function runInjector(
	options: InjectorOptions,
	world: InjectorWorld,
	refuse: (problems: readonly Problem[]) => ExitCode,
): Promise<ExitCode> {
	const mounted = await loadMounted(options);
	const cluster = await world.cluster(options.kubeconfig);
	if (!mounted.ok || !cluster.ok) {
		return refuse([mounted, cluster].flatMap((result) => (result.ok ? [] : result.problems)));
	}
	const output = world.output();
	const log = createLog(options, output);
	try {
		const injector = new Injector({
			options,
			mounted: mounted.value,
			cluster: cluster.value,
			log,
			limits: world.limits,
		});
		await serve(injector, { options, world, log });
		return exitCodes.done;
	} catch (error) {
		log.error("cannot run", { error: error instanceof Error ? error.message : String(error) });
		return exitCodes.failed;
	} finally {
		await output.flush();
	}
}

interface Serving {
	readonly options: InjectorOptions;
	readonly world: InjectorWorld;
	readonly log: Log;
}

async function serve(injector: Injector, { options, world, log }: Serving): Promise<void> {
	const stop = stopRequests(world.signals);
	try {
		await injector.start();
		log.info("listening", { port: options.port, adminPort: options.adminPort });
		log.info("stopping", { signal: await stop.first });
		void stop.second.then(() => injector.abort());
		await injector.drain();
		log.info("stopped");
	} finally {
		stop.ignore();
		injector.abort();
	}
}
