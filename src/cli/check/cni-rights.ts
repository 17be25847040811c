import { CoreV1Api, RbacAuthorizationV1Api, type V1PolicyRule } from "@kubernetes/client-node";
import type { Cluster } from "../../kube/cluster.ts";
import { type CniInstallation, cniName, flagOf } from "../cluster/cni-installation.ts";

/** `list pods`, of Kubernetes' core group. */
interface Right {
	readonly resource: string;
	readonly verb: string;
}

function rights(resource: string, ...verbs: readonly string[]): readonly Right[] {
	return verbs.map((verb) => ({ resource, verb }));
}

/** What an agent needs for what it is told to do, as the chart's roles have it. */
function neededBy(installation: CniInstallation): readonly Right[] {
	const has = (flag: string) => flagOf(installation, flag) !== undefined;
	const deletes = (flagOf(installation, "--delete-pods-per-minute") ?? "0") !== "0";
	return [
		...(has("--watch-pods")
			? [...rights("pods", "list", "watch"), ...rights("namespaces", "list", "watch")]
			: []),
		...(has("--repair") ? [...rights("pods", "list", "watch"), ...rights("events", "create")] : []),
		...(deletes ? rights("pods", "delete") : []),
		...(has("--report-dialects") ? rights("nodes/status", "patch") : []),
		...(has("--remove-taint") ? rights("nodes", "get", "patch") : []),
	];
}

/** Everything of the agent's account that is missing, each in a line. */
export async function missingRights(
	cluster: Cluster,
	installation: CniInstallation,
): Promise<readonly string[]> {
	const { namespace, daemonSet } = installation;
	const account = daemonSet.spec?.template.spec?.serviceAccountName ?? "default";
	const found = await cluster.find(
		cluster.api(CoreV1Api).readNamespacedServiceAccount({ name: account, namespace }),
	);
	const missing = found === undefined ? [`ServiceAccount ${account} in namespace ${namespace}`] : [];
	const needed = neededBy(installation);
	return needed.length === 0
		? missing
		: [...missing, ...(await missingRoles(cluster, { account, namespace }, needed))];
}

async function missingRoles(
	cluster: Cluster,
	{ account, namespace }: { readonly account: string; readonly namespace: string },
	needed: readonly Right[],
): Promise<readonly string[]> {
	const rbac = cluster.api(RbacAuthorizationV1Api);
	const role = await cluster.find(rbac.readClusterRole({ name: cniName }));
	const binding = await cluster.find(rbac.readClusterRoleBinding({ name: cniName }));
	const isBound =
		binding?.roleRef.name === cniName &&
		binding.subjects?.some(
			(subject) =>
				subject.kind === "ServiceAccount" && subject.name === account && subject.namespace === namespace,
		) === true;
	const lacking = needed.filter((right) => !role?.rules?.some((rule) => allows(rule, right)));
	return [
		...(role === undefined
			? [`ClusterRole ${cniName}`]
			: lacking.map(({ verb, resource }) => `the right to ${verb} ${resource}`)),
		...(isBound
			? []
			: [`ClusterRoleBinding ${cniName} of that role to ServiceAccount ${namespace}/${account}`]),
	];
}

function allows({ apiGroups = [], resources = [], verbs }: V1PolicyRule, { resource, verb }: Right): boolean {
	const holds = (list: readonly string[], value: string) => list.includes(value) || list.includes("*");
	return holds(apiGroups, "") && holds(resources, resource) && holds(verbs, verb);
}
