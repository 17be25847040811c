import {
	AdmissionregistrationV1Api,
	AuthorizationV1Api,
	CoreV1Api,
	RbacAuthorizationV1Api,
} from "@kubernetes/client-node";
import { injectorName, storeName } from "../chart/store.ts";
import { firstFamily } from "../cluster/cluster-objects.ts";
import { type Check, type CheckContext, failed, passed, warning } from "./check.ts";

const notInstalled: Check = {
	id: "pre-not-installed",
	description: "there is no release of Shunt in the namespace yet",
	run: async ({ cluster, namespace }) => {
		const core = cluster.api(CoreV1Api);
		const found = await cluster.find(core.readNamespacedConfigMap({ name: storeName, namespace }));
		return found === undefined
			? passed
			: failed(`namespace ${namespace} has one: "shunt upgrade" changes it, "shunt check" looks at it`);
	},
};

/** These belong to no namespace, so a release in another one would lose them to this one. */
const namesFree: Check = {
	id: "pre-cluster-objects",
	description: "no release in another namespace holds the cluster-wide objects",
	run: async ({ cluster }) => {
		const rbac = cluster.api(RbacAuthorizationV1Api);
		const webhooks = cluster.api(AdmissionregistrationV1Api);
		const name = injectorName;
		const found = {
			ClusterRole: await cluster.find(rbac.readClusterRole({ name })),
			ClusterRoleBinding: await cluster.find(rbac.readClusterRoleBinding({ name })),
			MutatingWebhookConfiguration: await cluster.find(webhooks.readMutatingWebhookConfiguration({ name })),
		};
		const taken = Object.entries(found).filter(([, object]) => object !== undefined);
		return taken.length === 0
			? passed
			: failed(
					"a cluster can hold one release, and parts of one are there",
					taken.map(([kind]) => `${kind} ${name}`),
				);
	},
};

/** What a release consists of, as the API calls it. */
const created = [
	{ group: "", resource: "namespaces", isNamespaced: false },
	{ group: "rbac.authorization.k8s.io", resource: "clusterroles", isNamespaced: false },
	{ group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", isNamespaced: false },
	{ group: "admissionregistration.k8s.io", resource: "mutatingwebhookconfigurations", isNamespaced: false },
	{ group: "", resource: "serviceaccounts", isNamespaced: true },
	{ group: "", resource: "services", isNamespaced: true },
	{ group: "", resource: "configmaps", isNamespaced: true },
	{ group: "", resource: "secrets", isNamespaced: true },
	{ group: "apps", resource: "deployments", isNamespaced: true },
	{ group: "policy", resource: "poddisruptionbudgets", isNamespaced: true },
] as const;

const mayCreate: Check = {
	id: "pre-create",
	description: "these credentials may create all that a release consists of",
	run: async (context) => {
		const refused = await refusedKinds(context);
		return refused.length === 0 ? passed : failed("these kinds may not be created", refused);
	},
};

async function refusedKinds({ cluster, namespace }: CheckContext): Promise<string[]> {
	const reviews = cluster.api(AuthorizationV1Api);
	const answers = await Promise.all(
		created.map(async ({ group, resource, isNamespaced }) => {
			const place = isNamespaced ? { namespace } : {};
			const spec = { resourceAttributes: { verb: "create", group, resource, ...place } };
			const { status } = await cluster.ask(reviews.createSelfSubjectAccessReview({ body: { spec } }));
			return status?.allowed === true ? [] : [`${resource}${isNamespaced ? ` in ${namespace}` : ""}`];
		}),
	);
	return answers.flat();
}

const families: Check = {
	id: "pre-families",
	description: "the default values suit the cluster's address families",
	run: async ({ cluster }) =>
		(await firstFamily(cluster)) === "ipv6"
			? warning("pods have IPv6 first here: install with --set disableIPv6=false")
			: passed,
};

export const preInstallation: readonly Check[] = [notInstalled, namesFree, mayCreate, families];
