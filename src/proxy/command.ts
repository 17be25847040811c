import type { Command } from "commander";
import { StrictCommand } from "../command/strict-command.ts";
import type { ExitCode } from "../domain/exit-code.ts";
import { type ProxyFlags, parseProxyOptions } from "./options.ts";
import { type ProxyWorld, processWorld, runProxy } from "./run-proxy.ts";

/** `shunt proxy`. The exit status goes to `finish`, since only an entry point may end the process. */
export function proxyCommand(finish: (status: ExitCode) => void, world: ProxyWorld = processWorld): Command {
	const command = new StrictCommand("proxy")
		.collectProblems()
		.description("carry redirected TCP connections on to where they were going")
		.option("--inbound-port <port>", "takes connections that arrive in the pod", "4143")
		.option("--outbound-port <port>", "takes connections that the pod's processes make", "4140")
		.option("--admin-port <port>", "serves /live, /ready and /metrics", "4191")
		.option("--admin-address <address>", "where to serve them (default: every address)")
		.option("--connect-timeout <time>", "how long reaching a server may take", "10s")
		.option("--idle-timeout <time>", "ends connections in which no byte moves for so long; 0 for never", "1h")
		.option("--max-connections <number>", "resets those above it (default: what the open-file limit allows)")
		.option("--drain-timeout <time>", "how long open connections may go on after SIGTERM", "30s")
		.option("--log-level <level>", "error, warn, info or debug", "info")
		.option("--log-format <format>", "plain or json", "plain")
		.option("--ipv6 [true|false]", "listen on IPv6 too", "true")
		.addHelpText("after", examples);
	return command.action(async (given: ProxyFlags & { readonly ipv6: string | true }) => {
		const options = parseProxyOptions({ ...given, ipv6: String(given.ipv6) }, command.problems);
		finish(options.ok ? await runProxy(options.value, world) : command.refuse(options.problems));
	});
}

const examples = `
The proxy serves connections that redirect rules send to its ports; "shunt init" makes those. Its user has to be
exempt from them (--proxy-uid), or what it dials comes back to it.

Examples:
  # In the pod's network namespace, as user 2102
  shunt init --incoming-proxy-port 4143 --outgoing-proxy-port 4140 --proxy-uid 2102
  shunt proxy

  # For the log collector, with long-lived quiet connections and a short goodbye
  shunt proxy --log-format json --idle-timeout 0 --drain-timeout 5s

A connection that ends well is logged at the level debug alone. Of those that do not, the first of each kind is logged
as a warning, and every ten seconds how many more there were; the metrics count them all.

SIGTERM and SIGINT stop it: /ready answers 503 at once, no connection is accepted any more, and those that are open
may go on until the drain timeout. A second signal ends them immediately.`;
