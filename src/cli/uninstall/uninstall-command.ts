import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { addClusterFlags, type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import { printYaml } from "../inject/yaml/print.ts";
import { connect, deliver, patiently, Refusal, required, settle } from "../install/outcome.ts";
import { processIo, type ReleaseIo } from "../io.ts";
import type { FoundObject } from "./find-objects.ts";

/** `shunt uninstall`. The exit status goes to `finish`, since only an entry point may end the process. */
export function uninstallCommand(finish: (status: ExitCode) => void, io: ReleaseIo = processIo): Command {
	const command = new StrictCommand("uninstall").description(
		"print the objects of an installed Shunt, to be deleted",
	);
	addClusterFlags(command)
		.option("--cni", "the CNI plugin's objects instead, in whatever namespace they are")
		.option("--force", "also while pods are injected, or the plugin is still in the nodes' folders")
		.addHelpText("after", examples);
	return command.action(async (flags: UninstallFlags) =>
		finish(await runUninstall(flags, io, command.program)),
	);
}

const examples = `
Prints what the release has in its namespace and in the cluster: the webhook first, the namespace last, and that only
where the release made it and nobody else's pods, services or volumes are in it. Refuses while injected pods run, and lists them. With --cni
it refuses until the agents have taken the plugin out of the nodes, since nobody would do it afterwards.

Examples:
  shunt uninstall | kubectl delete -f -

  # The plugin: out of the nodes, and then out of the cluster
  shunt install-cni --set uninstall=true | kubectl apply -f -
  kubectl rollout status daemonset/shunt-cni -n shunt-cni
  shunt uninstall --cni | kubectl delete -f -

Exit status: 0 done, 1 pods are injected or the plugin is not out yet, nothing is installed or the cluster says no, 64 bad input, 77 not permitted.`;

interface UninstallFlags extends ClusterFlags {
	readonly cni?: true;
	readonly force?: true;
}

/** Finds what was installed, makes sure that nothing needs it any more, and prints it. */
function runUninstall(flags: UninstallFlags, io: ReleaseIo, program: string): Promise<ExitCode> {
	return settle(io, program, async () => {
		const namespace = parseNamespace(flags.namespace);
		const found = await connect(flags, io, namespace.ok ? [] : namespace.problems);
		const cluster = required(found, noCluster);
		const objects = await patiently(cluster, io, () => find(cluster, flags, io));
		return deliver(io, objects.map((object) => `---\n${printYaml(object)}`).join(""));
	});
}

const noCluster = "no kubeconfig found, so what is installed is not known\nsay --kubeconfig";

async function find(cluster: Cluster, flags: UninstallFlags, io: ReleaseIo): Promise<readonly FoundObject[]> {
	if (flags.cni === true) {
		return findPlugin(cluster, flags, io);
	}
	await checkUnused(cluster, flags, io);
	await mentionPlugin(cluster, io);
	return collect(cluster, "shunt", flags.namespace, io);
}

/** Who may see no other namespaces can uninstall this one's release all the same. */
async function mentionPlugin(cluster: Cluster, io: ReleaseIo): Promise<void> {
	const { findCni } = await import("../cluster/cni-installation.ts");
	try {
		for (const { namespace } of await findCni(cluster)) {
			io.stderr(`the CNI plugin in the namespace ${harmless(namespace)} stays: --cni is for that\n`);
		}
	} catch (error) {
		if (!(error instanceof ClusterError) || error.code !== "forbidden") {
			throw error;
		}
	}
}

/** The chart for nodes, wherever it is. */
async function findPlugin(
	cluster: Cluster,
	{ force }: UninstallFlags,
	io: ReleaseIo,
): Promise<readonly FoundObject[]> {
	const { findCni, removalOf } = await import("../cluster/cni-installation.ts");
	const [installation, another] = await findCni(cluster);
	if (installation === undefined) {
		throw new Refusal(exitCodes.failed, "the CNI plugin is not installed: there is no DaemonSet shunt-cni");
	}
	if (another !== undefined) {
		const places = `${installation.namespace} and ${another.namespace}`;
		throw new Refusal(
			exitCodes.failed,
			`the DaemonSet shunt-cni is in the namespaces ${places}\ndelete the one that is not meant first`,
		);
	}
	const why = whyNotYet(removalOf(installation), installation.namespace);
	if (why !== undefined && force !== true) {
		throw new Refusal(exitCodes.failed, `${why}\nthen run this again, or say --force`);
	}
	if (why !== undefined) {
		io.stderr(`${why}\nit stays in their folders\n`);
	}
	return collect(cluster, "shunt-cni", installation.namespace, io);
}

/** An agent that is deleted leaves on its node what it has installed. */
function whyNotYet(removal: "not-asked" | "under-way" | "done", namespace: string): string | undefined {
	const wait = `kubectl rollout status daemonset/shunt-cni -n ${namespace}`;
	switch (removal) {
		case "done":
			return undefined;
		case "under-way":
			return `the agents have not taken the plugin out of all nodes yet\nwait for them: ${wait}`;
		case "not-asked":
			return `the plugin is still in the nodes' folders\nhave the agents take it out, with the values that it was installed with: shunt install-cni -n ${namespace} --set uninstall=true | kubectl apply -f - && ${wait}`;
	}
}

async function collect(
	cluster: Cluster,
	chart: "shunt" | "shunt-cni",
	place: string,
	io: ReleaseIo,
): Promise<readonly FoundObject[]> {
	const { findObjects, findNamespace } = await import("./find-objects.ts");
	const objects = await findObjects(cluster, chart, place);
	const namespace = await findNamespace(cluster, chart, place);
	if (objects.length === 0 && namespace === undefined) {
		throw new Refusal(exitCodes.failed, `nothing of Shunt is installed in the namespace ${place}`);
	}
	const others = namespace?.others ?? [];
	if (others.length > 0) {
		io.stderr(`the namespace ${place} is left, as it holds ${harmless(others.join("; "))}\n`);
	}
	return namespace === undefined || others.length > 0 ? objects : [...objects, namespace.object];
}

/** Pods that are injected keep their rules and their proxy, but new ones would come without. */
async function checkUnused(
	cluster: Cluster,
	{ namespace, force }: UninstallFlags,
	io: ReleaseIo,
): Promise<void> {
	const { count, formatWorkloads, listInjectedWorkloads } = await import("../cluster/pods.ts");
	const workloads = await listInjectedWorkloads(cluster, namespace);
	if (workloads.length === 0) {
		return;
	}
	const text = [
		`${count(workloads.length, "workload")} still ${workloads.length === 1 ? "has" : "have"} the proxy:`,
		...formatWorkloads(workloads),
	].join("\n");
	if (force !== true) {
		throw new Refusal(
			exitCodes.failed,
			`${text}\ntake it out (shunt.dev/inject: disabled, and a restart) and run this again, or say --force`,
		);
	}
	io.stderr(`${text}\nthey keep it until they restart\n`);
}
