import type { Command } from "commander";
import { StrictCommand } from "../command/strict-command.ts";
import type { ExitCode } from "../domain/exit-code.ts";
import { type InjectorFlags, parseInjectorOptions } from "./options.ts";
import { processWorld } from "./process-world.ts";
import { type InjectorWorld, runInjector } from "./run-injector.ts";

/** `shunt injector`. The exit status goes to `finish`, since only an entry point may end the process. */
export function injectorCommand(
	finish: (status: ExitCode) => void,
	world: InjectorWorld = processWorld,
): Command {
	const command = new StrictCommand("injector")
		.collectProblems()
		.description("answer the API server's admission reviews: the webhook that injects new pods")
		.option("--port <port>", "answers reviews, over TLS", "8443")
		.option("--admin-port <port>", "serves /live, /ready and /metrics", "9995")
		.option("--address <address>", "where to serve both (default: every address)")
		.option("--config <file>", "the release's values", "/etc/shunt/config/values.yaml")
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
	return command.action(async (given: InjectorFlags & { readonly events: string | true }) => {
		const options = parseInjectorOptions({ ...given, events: String(given.events) }, command.problems);
		if (!options.ok) {
			return finish(command.refuse(options.problems));
		}
		finish(await runInjector(options.value, world, (problems) => command.refuse(problems)));
	});
}

const examples = `
The configuration and the certificate are read again when they change; a change that cannot be used is logged and the
last good one stays in force. Nothing restarts, and no review is lost.

Examples:
  # In a pod, with everything mounted where the chart mounts it
  shunt injector

  # On a desk, against the cluster of a kubeconfig
  shunt injector --config values.yaml --tls-cert tls.crt --tls-key tls.key --kubeconfig ~/.kube/config

SIGTERM and SIGINT stop it: /ready answers 503 at once, reviews are answered for the shutdown delay, and those that are
being answered then may take until the shutdown timeout. A second signal ends them immediately.`;
