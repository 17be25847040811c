import { compareStrings } from "../go/value.ts";

/** The order in which Helm installs: what others need comes first. */
const installOrder =
	"PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget " +
	"ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim " +
	"CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role " +
	"RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment " +
	"HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService";
const ranks: ReadonlyMap<string, number> = new Map(installOrder.split(" ").map((kind, rank) => [kind, rank]));

/** Kinds that Helm does not know come last, by name. For a stable sort: what is equal keeps its order. */
export function compareKinds(a: string, b: string): number {
	const x = ranks.get(a);
	const y = ranks.get(b);
	if (x !== undefined && y !== undefined) {
		return x - y;
	}
	if (x === undefined && y === undefined) {
		return compareStrings(a, b);
	}
	return x === undefined ? 1 : -1;
}
