import type { Command } from "commander";
import { stringify } from "yaml";
import { StrictCommand } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { addClusterFlags, type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import { connect, deliver, patiently, Refusal, required, settle } from "../install/outcome.ts";
import { processIo, type ReleaseIo } from "../io.ts";
import type { FoundObject } from "./find-objects.ts";

/** `shunt uninstall`. The exit status goes to `finish`, since only an entry point may end the process. */
export function uninstallCommand(finish: (status: ExitCode) => void, io: ReleaseIo = processIo): Command {
	const command = new StrictCommand("uninstall").description(
		"print the objects of an installed Shunt, to be deleted",
	);
	addClusterFlags(command).option("--force", "also while pods are injected").addHelpText("after", examples);
	return command.action(async (flags: UninstallFlags) =>
		finish(await runUninstall(flags, io, command.program)),
	);
}

const examples = `
Prints what the release has in its namespace and in the cluster: the webhook first, the namespace last, and that only
where the release made it and nobody else's pods, services or volumes are in it. Refuses while injected pods run, and lists them.

Examples:
  shunt uninstall | kubectl delete -f -

Exit status: 0 done, 1 pods are injected, nothing is installed or the cluster says no, 64 bad input, 77 not permitted.`;

interface UninstallFlags extends ClusterFlags {
	readonly force?: true;
}

/** Finds what was installed, makes sure that nothing needs it any more, and prints it. */
function runUninstall(flags: UninstallFlags, io: ReleaseIo, program: string): Promise<ExitCode> {
	return settle(io, program, async () => {
		const namespace = parseNamespace(flags.namespace);
		const found = await connect(flags, io, namespace.ok ? [] : namespace.problems);
		const cluster = required(found, noCluster);
		const objects = await patiently(cluster, io, () => find(cluster, flags, io));
		return deliver(io, objects.map((object) => `---\n${stringify(object)}`).join(""));
	});
}

const noCluster = "no kubeconfig found, so what is installed is not known\nsay --kubeconfig";

async function find(cluster: Cluster, flags: UninstallFlags, io: ReleaseIo): Promise<readonly FoundObject[]> {
	const { findObjects, findNamespace } = await import("./find-objects.ts");
	await checkUnused(cluster, flags, io);
	const objects = await findObjects(cluster, flags.namespace);
	const namespace = await findNamespace(cluster, flags.namespace);
	if (objects.length === 0 && namespace === undefined) {
		throw new Refusal(exitCodes.failed, `nothing of Shunt is installed in the namespace ${flags.namespace}`);
	}
	const others = namespace?.others ?? [];
	if (others.length > 0) {
		io.stderr(`the namespace ${flags.namespace} is left, as it holds ${harmless(others.join("; "))}\n`);
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
