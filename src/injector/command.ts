import type { Command } from "commander";
import type { LogFormat } from "../command/logger.ts";
import { readOptions, StrictCommand, sharedPorts } from "../command/strict-command.ts";
import { parseDuration } from "../domain/duration.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { parseLogLevel } from "../domain/log-level.ts";
import { parsePort } from "../domain/port.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean } from "../domain/truth.ts";
import { parseChoice } from "../domain/words.ts";
import { parseListenAddress } from "../serving/admin.ts";
import { createLog, type Log } from "../serving/log.ts";
import { type FlushedOutput, openStdout } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import type { Cluster, ObjectName } from "./cluster.ts";
import { Injector, type InjectorOptions } from "./injector.ts";
import { loadMounted } from "./mounted.ts";
import type { WebhookLimits } from "./webhook-server.ts";

/** `shunt injector`. The exit status goes to `finish`, since only an entry point may end the process. */
export function injectorCommand(
	finish: (status: ExitCode) => void,
	deps: InjectorDeps = processDeps,
): Command {
	const command = new StrictCommand("injector")
		.collectProblems()
		.description("answer the API server's admission reviews: the webhook that injects new pods")
		.option("--port <port>", "answers reviews, over TLS", "8443")
		.option("--admin-port <port>", "serves /live, /ready and /metrics", "9995")
		.option("--address <address>", "where to serve both (default: every address)")
		.option("--config <file>", "the release's values", "/etc/shunt/config/values.yaml")
		.option(
			"--config-map <namespace/name>",
			"the ConfigMap that the file comes from, to know of changes before it does",
		)
		.option("--tls-cert <file>", "the certificate, PEM", "/etc/shunt/tls/tls.crt")
		.option("--tls-key <file>", "its private key, PEM", "/etc/shunt/tls/tls.key")
		.option("--kubeconfig <file>", "how to reach the API server (default: as a pod does)")
		.option("--events [true|false]", "make Kubernetes Events Injected and InjectionSkipped", "true")
		.option("--check-interval <time>", "how often the files are compared, notified or not", "10s")
		.option(
			"--shutdown-delay <time>",
			"how long to answer on after SIGTERM, until nobody sends any more",
			"5s",
		)
		.option("--shutdown-timeout <time>", "how long answers may take after that", "20s")
		.option("--log-level <level>", "error, warn, info or debug", "info")
		.option("--log-format <format>", "plain or json", "json")
		.addHelpText("after", examples);
	return command.action(async (given: InjectorFlags) => {
		const options = parseInjectorOptions(given, command.problems);
		if (!options.ok) {
			return finish(command.refuse(options.problems));
		}
		finish(await runInjector(options.value, deps, (problems) => command.refuse(problems)));
	});
}

const examples = `
The configuration and the certificate are read again when they change; a change that cannot be used is logged and the
last good one stays in force. Nothing restarts, and no review is lost. A kubelet writes a mounted file a minute or so
after the ConfigMap has changed; with --config-map the API server tells at once, and the file counts where it does not.

Examples:
  # In a pod, with everything mounted where the chart mounts it
  shunt injector

  # On a desk, against the cluster of a kubeconfig
  shunt injector --config values.yaml --tls-cert tls.crt --tls-key tls.key --kubeconfig ~/.kube/config

SIGTERM and SIGINT stop it: /ready answers 503 at once, reviews are answered for the shutdown delay, and those that are
being answered then may take until the shutdown timeout. A second signal ends them immediately.`;

/** What was written behind each flag, or its default. */
export interface InjectorFlags {
	readonly port: string;
	readonly adminPort: string;
	readonly address?: string;
	readonly config: string;
	readonly configMap?: string;
	readonly tlsCert: string;
	readonly tlsKey: string;
	readonly kubeconfig?: string;
	readonly events: string | true;
	readonly checkInterval: string;
	readonly shutdownDelay: string;
	readonly shutdownTimeout: string;
	readonly logLevel: string;
	readonly logFormat: string;
}

/** All mistakes together, after those that are `known`. */
export function parseInjectorOptions(
	flags: InjectorFlags,
	known: readonly Problem[] = [],
): Result<InjectorOptions> {
	const { values, problems } = readOptions<InjectorOptions>(flags, {
		port: ["port", parsePort],
		adminPort: ["admin-port", parsePort],
		address: ["address", parseListenAddress],
		config: ["config", parsePath],
		configMap: ["config-map", parseObjectName],
		tlsCert: ["tls-cert", parsePath],
		tlsKey: ["tls-key", parsePath],
		kubeconfig: ["kubeconfig", parsePath],
		events: ["events", parseBoolean],
		checkIntervalMs: ["check-interval", (text, source) => parseDuration(text, source, 100)],
		shutdownDelayMs: ["shutdown-delay", parseDuration],
		shutdownTimeoutMs: ["shutdown-timeout", parseDuration],
		logLevel: ["log-level", parseLogLevel],
		logFormat: ["log-format", parseChoice<LogFormat>(["plain", "json"])],
	});
	const ports = [
		["--port", values.port],
		["--admin-port", values.adminPort],
	] as const;
	const all = [...known, ...problems, ...sharedPorts(ports)];
	return all.length > 0 ? err(...all) : ok(values);
}

function parsePath(text: string, source: string): Result<string> {
	return text !== "" ? ok(text) : err({ source, value: text, complaint: "is empty", accepted: "a file" });
}

function parseObjectName(text: string, source: string): Result<ObjectName> {
	const [namespace = "", name = "", ...more] = text.split("/");
	// RFC 1123's labels, and subdomains of them: k8s.io/apimachinery, pkg/util/validation.
	const isName =
		/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace) && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name);
	return isName && more.length === 0
		? ok({ namespace, name })
		: err({ source, value: text, complaint: "names no object", accepted: "NAMESPACE/NAME" });
}

/** What the injector needs of the process that it runs in. */
export interface InjectorDeps {
	output(): FlushedOutput;
	cluster(kubeconfig: string | undefined): Promise<Result<Cluster>>;
	readonly signals: Signals;
	/** The usual ones when absent. */
	readonly limits?: WebhookLimits;
}

/** Runs until a signal, and then for as long as answers take. A second signal ends them at once. */
export async function runInjector(
	options: InjectorOptions,
	deps: InjectorDeps,
	refuse: (problems: readonly Problem[]) => ExitCode,
): Promise<ExitCode> {
	const mounted = await loadMounted(options);
	const cluster = await deps.cluster(options.kubeconfig);
	if (!mounted.ok || !cluster.ok) {
		return refuse([mounted, cluster].flatMap((result) => (result.ok ? [] : result.problems)));
	}
	const output = deps.output();
	const log = createLog(options, output);
	try {
		const injector = new Injector({
			options,
			mounted: mounted.value,
			cluster: cluster.value,
			log,
			limits: deps.limits,
		});
		await serve(injector, { options, deps, log });
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
	readonly deps: InjectorDeps;
	readonly log: Log;
}

async function serve(injector: Injector, { options, deps, log }: Serving): Promise<void> {
	const stop = stopRequests(deps.signals);
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

/** This very process. The client is large, and only whoever runs the injector should load it. */
const processDeps: InjectorDeps = {
	output: openStdout,
	cluster: async (kubeconfig) => (await import("./kubernetes-cluster.ts")).connectCluster(kubeconfig),
	signals: process,
};
