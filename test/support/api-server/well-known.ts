import { Status } from "./status.ts";

/** What the server serves, for discovery: a part of what every cluster does. */
const served: Readonly<
	Record<string, readonly (readonly [name: string, kind: string, namespaced: boolean])[]>
> = {
	v1: [
		["namespaces", "Namespace", false],
		["nodes", "Node", false],
		["pods", "Pod", true],
		["services", "Service", true],
		["serviceaccounts", "ServiceAccount", true],
		["configmaps", "ConfigMap", true],
		["secrets", "Secret", true],
		["events", "Event", true],
	],
	"apps/v1": [
		["deployments", "Deployment", true],
		["daemonsets", "DaemonSet", true],
		["statefulsets", "StatefulSet", true],
		["replicasets", "ReplicaSet", true],
	],
	"batch/v1": [
		["jobs", "Job", true],
		["cronjobs", "CronJob", true],
	],
	"rbac.authorization.k8s.io/v1": [
		["clusterroles", "ClusterRole", false],
		["clusterrolebindings", "ClusterRoleBinding", false],
		["roles", "Role", true],
		["rolebindings", "RoleBinding", true],
	],
	"admissionregistration.k8s.io/v1": [
		["mutatingwebhookconfigurations", "MutatingWebhookConfiguration", false],
		["validatingwebhookconfigurations", "ValidatingWebhookConfiguration", false],
	],
	"policy/v1": [["poddisruptionbudgets", "PodDisruptionBudget", true]],
	"networking.k8s.io/v1": [["networkpolicies", "NetworkPolicy", true]],
	"authorization.k8s.io/v1": [["selfsubjectaccessreviews", "SelfSubjectAccessReview", false]],
};

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** What a client asks whether it may do it. */
export interface ResourceAttributes {
	readonly verb?: string;
	readonly group?: string;
	readonly resource?: string;
	readonly namespace?: string;
}

/** The paths that are about the server itself; undefined for all others. */
export function answerWellKnown(path: string, gitVersion: string): unknown {
	if (path === "/version") {
		const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
		return { major, minor, gitVersion, platform: "linux/amd64" };
	}
	const [, groupVersion] = /^\/(?:api|apis)\/((?:[^/]+\/)?v[^/]+)\/?$/.exec(path) ?? [];
	if (groupVersion === undefined) {
		return undefined;
	}
	const resources = Object.hasOwn(served, groupVersion) ? served[groupVersion] : undefined;
	if (resources === undefined) {
		throw new Status(404, "NotFound", "the server could not find the requested resource");
	}
	return {
		kind: "APIResourceList",
		apiVersion: "v1",
		groupVersion,
		resources: resources.map(([name, kind, namespaced]) => ({
			name,
			singularName: kind.toLowerCase(),
			namespaced,
			kind,
			verbs,
		})),
	};
}

/** Answers a SelfSubjectAccessReview; undefined for everything else. */
export function answerAccessReview(
	path: string,
	body: unknown,
	allows: (attributes: ResourceAttributes) => boolean,
): unknown {
	if (path !== "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") {
		return undefined;
	}
	const review = body as { readonly spec?: { readonly resourceAttributes?: ResourceAttributes } };
	return { ...review, status: { allowed: allows(review.spec?.resourceAttributes ?? {}) } };
}
