import { AppsV1Api, CoreV1Api, type V1DaemonSet, type V1Pod } from "@kubernetes/client-node";
import { attempt } from "../../domain/attempt.ts";
import { type Mode, parseMode } from "../../domain/mode.ts";
import { isObject, type Json, objectAt, textAt } from "../../inject/json.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";

/** The DaemonSet of the chart for nodes, its accounts and its roles. */
export const cniName = "shunt-cni";

const configMapName = "shunt-cni-config";
const selector = `app.kubernetes.io/name=${cniName},app.kubernetes.io/component=agent`;

/** What is installed of the chart for nodes. */
export interface CniInstallation {
	readonly namespace: string;
	readonly daemonSet: V1DaemonSet;
	/** The agent's arguments. */
	readonly args: readonly string[];
}

/** In whatever namespaces; more than one is a mistake, as the roles have one name. */
export async function findCni(cluster: Cluster): Promise<readonly CniInstallation[]> {
	const apps = cluster.api(AppsV1Api);
	const found = await allPages((page) =>
		cluster.ask(apps.listDaemonSetForAllNamespaces({ ...page, labelSelector: selector })),
	);
	return found.map((daemonSet) => ({
		namespace: daemonSet.metadata?.namespace ?? "",
		daemonSet,
		args: daemonSet.spec?.template.spec?.containers.flatMap(({ args = [] }) => args) ?? [],
	}));
}

/** Whether the agents were told to take the plugin out of the nodes, and whether each of them has. */
export function removalOf({ daemonSet, args }: CniInstallation): "not-asked" | "under-way" | "done" {
	const {
		desiredNumberScheduled = 0,
		numberReady = 0,
		updatedNumberScheduled = 0,
		observedGeneration = 0,
	} = daemonSet.status ?? {};
	const isCurrent = observedGeneration >= (daemonSet.metadata?.generation ?? 0);
	const isEverywhere = [numberReady, updatedNumberScheduled].every(
		(number) => number >= desiredNumberScheduled,
	);
	return args.includes("--uninstall") ? (isCurrent && isEverywhere ? "done" : "under-way") : "not-asked";
}

/** The agents' pods, one on each node. */
export async function agentPods(cluster: Cluster, { namespace }: CniInstallation): Promise<readonly V1Pod[]> {
	const core = cluster.api(CoreV1Api);
	return allPages((page) =>
		cluster.ask(core.listNamespacedPod({ ...page, namespace, labelSelector: selector })),
	);
}

/** The plugin's mode as its configuration has it; undefined where that is not there or cannot be read. */
export async function pluginMode(
	cluster: Cluster,
	{ namespace }: CniInstallation,
): Promise<Mode | undefined> {
	const core = cluster.api(CoreV1Api);
	const map = await cluster.find(core.readNamespacedConfigMap({ name: configMapName, namespace }));
	const text = map?.data?.["plugin.json"];
	const plugin = text === undefined ? undefined : attempt((): Json => JSON.parse(text));
	const mode = isObject(plugin)
		? parseMode(textAt(objectAt(plugin, "shunt"), "mode") ?? "auto", "mode")
		: undefined;
	return mode?.ok === true ? mode.value : undefined;
}

/** What a flag of the agent is followed by, as the chart writes them. */
export function flagOf({ args }: CniInstallation, name: string): string | undefined {
	const found = args.find((arg) => arg === name || arg.startsWith(`${name}=`));
	return found === name ? "" : found?.slice(name.length + 1);
}
