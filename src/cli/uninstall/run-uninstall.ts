import { stringify } from "yaml";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { connectCluster } from "../../kube/connect-cluster.ts";
import { type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { sayWhenSlow } from "../cluster/say-when-slow.ts";
import { badInput, deliver, Refusal, settle } from "../install/outcome.ts";
import type { FoundObject } from "./find-objects.ts";

export interface UninstallFlags extends ClusterFlags {
	readonly force?: true;
}

/** Finds what was installed, makes sure that nothing needs it any more, and prints it. */
export function runUninstall(flags: UninstallFlags, world: ReleaseWorld, program: string): Promise<ExitCode> {
	return settle(world, program, async () => {
		const cluster = await connect(flags, world);
		const objects = await sayWhenSlow(cluster, world, () => find(cluster, flags, world));
		return deliver(world, objects.map((object) => `---\n${stringify(object)}`).join(""));
	});
}

async function find(
	cluster: Cluster,
	flags: UninstallFlags,
	world: ReleaseWorld,
): Promise<readonly FoundObject[]> {
	const { findObjects, findNamespace } = await import("./find-objects.ts");
	await checkUnused(cluster, flags, world);
	const objects = await findObjects(cluster, flags.namespace);
	const namespace = await findNamespace(cluster, flags.namespace);
	if (objects.length === 0 && namespace === undefined) {
		throw new Refusal(exitCodes.failed, `nothing of Shunt is installed in the namespace ${flags.namespace}`);
	}
	const others = namespace?.others ?? [];
	if (others.length > 0) {
		world.stderr(`the namespace ${flags.namespace} is left, as it holds ${harmless(others.join("; "))}\n`);
	}
	return namespace === undefined || others.length > 0 ? objects : [...objects, namespace.object];
}

async function connect(flags: UninstallFlags, world: ReleaseWorld): Promise<Cluster> {
	const namespace = parseNamespace(flags.namespace);
	const cluster = await connectCluster(flags, world.env);
	if (!namespace.ok || !cluster.ok) {
		throw badInput([...(namespace.ok ? [] : namespace.problems), ...(cluster.ok ? [] : cluster.problems)]);
	}
	if (cluster.value === undefined) {
		throw new Refusal(
			exitCodes.failed,
			"no kubeconfig found, so what is installed is not known\nsay --kubeconfig",
		);
	}
	return cluster.value;
}

/** Pods that are injected keep their rules and their proxy, but new ones would come without. */
async function checkUnused(
	cluster: Cluster,
	{ namespace, force }: UninstallFlags,
	world: ReleaseWorld,
): Promise<void> {
	const { count, formatWorkloads, listInjectedWorkloads } = await import("../cluster/injected-workloads.ts");
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
	world.stderr(`${text}\nthey keep it until they restart\n`);
}
