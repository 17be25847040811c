import type { Command } from "commander";
import { StrictCommand } from "../command/strict-command.ts";
import type { ExitCode } from "../domain/exit-code.ts";
import { openStdout } from "../serving/stdout.ts";
import { type AgentFlags, parseAgentOptions } from "./options.ts";
import { type AgentWorld, runAgent } from "./run-agent.ts";

/** This very process. The client is large, and only whoever asks the API server should load it. */
const processWorld: AgentWorld = {
	output: openStdout,
	signals: process,
	cluster: async (kubeconfig, node) =>
		(await import("./node-cluster.ts")).connectNodeCluster(kubeconfig, node),
};

/** `shunt agent`. The exit status goes to `finish`, since only an entry point may end the process. */
export function agentCommand(finish: (status: ExitCode) => void, world: AgentWorld = processWorld): Command {
	const command = new StrictCommand("agent")
		.collectProblems()
		.description("keep the CNI plugin installed on this node")
		.option("--config <file>", "the plugin's configuration, JSON", "/etc/shunt/cni/plugin.json")
		.option("--program <file>", "the plugin's program", "/usr/lib/shunt/cni/shunt-cni")
		.option("--net-dir <folder>", "where the runtime loads networks from", "/etc/cni/net.d")
		.option("--bin-dir <folder>", "where the runtime starts plugins from", "/opt/cni/bin")
		.option("--run-dir <folder>", "what agents of one node share", "/run/shunt")
		.option("--runtime <runtime>", "whose way of loading counts: containerd or cri-o", "containerd")
		.option("--max-conf-num <number>", "containerd's max_conf_num", "1")
		.option("--network <name>", "CRI-O's cni_default_network (default: the first that loads)")
		.option("--linkerd-cni <choice>", "refuse to stand beside linkerd-cni, or replace it", "refuse")
		.option("--uninstall", "take the plugin out of the runtime's configuration instead")
		.option("--plugin-log <file>", "tell on what the plugin writes to this file, and remove it")
		.option("--watch-pods", "write files about the node's pods, for runtimes that tell plugins too little")
		.option("--repair", "look into meshed pods' network namespaces, and mend their rules in place")
		.option("--netns-dir <folder>", "where the runtime keeps network namespaces", "/var/run/netns")
		.option("--repair-interval <time>", "how often --repair looks at all of them", "1s")
		.option(
			"--delete-pods-per-minute <number>",
			"delete so many pods whose rules cannot be mended; 0 for none",
			"0",
		)
		.option("--report-dialects", "find out which modes the node serves, and write it on the node")
		.option("--remove-taint <key>", "take a taint off the node when everything is as intended")
		.option("--node <name>", "this node, for what asks the API server")
		.option("--kubeconfig <file>", "how to reach the API server (default: as a pod does)")
		.option("--admin-port <port>", "serves /live, /ready and /metrics", "9996")
		.option("--address <address>", "where to serve them (default: every address)")
		.option("--check-interval <time>", "how often everything is compared, notified or not", "5s")
		.option("--log-level <level>", "error, warn, info or debug", "info")
		.option("--log-format <format>", "plain or json", "json")
		.addHelpText("after", examples);
	return command.action(async (flags: AgentFlags) => {
		const options = parseAgentOptions(flags, command.problems);
		if (!options.ok) {
			return finish(command.refuse(options.problems));
		}
		finish(await runAgent(options.value, world, (problems) => command.refuse(problems)));
	});
}

const examples = `
Puts the plugin's program in place, and the plugin last into the list of plugins that the runtime loads; and puts both
back whoever changes or removes them. Each file is replaced whole. Of the list every other byte stays, above all its
cniVersion; a single plugin's file (.conf) becomes a list, and comes back with --uninstall.

/ready answers 200 while everything is as intended, and else 503 with the reason. SIGTERM and SIGINT end the agent and
take nothing out: the plugin works without it. Only --watch-pods, --repair, --report-dialects and --remove-taint ask the
API server, and while it does not answer everything else goes on. --repair and --report-dialects enter network
namespaces, and need CAP_SYS_ADMIN and CAP_NET_ADMIN for it.

Examples:
  # In a pod, with the node's folders mounted where the chart mounts them
  shunt agent --net-dir /host/etc/cni/net.d --bin-dir /host/opt/cni/bin

  # Before the chart is uninstalled: /ready says when the plugin is out
  shunt agent --net-dir /host/etc/cni/net.d --bin-dir /host/opt/cni/bin --uninstall`;
