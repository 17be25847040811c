import { AuthorizationV1Api, VersionApi } from "@kubernetes/client-node";
import { type Check, failed, passed, passedWith } from "./check.ts";

/**
 * The oldest minor version whose API has all that a release uses: policy/v1 (1.21), CronJobs of batch/v1 (1.21) and
 * endpoint slices of discovery.k8s.io/v1 (1.21).
 */
const oldestMinor = 21;

const reachable: Check = {
	id: "api-reachable",
	description: "the Kubernetes API can be reached",
	isWorthWaiting: true,
	isFatal: true,
	run: async ({ cluster }) => {
		await cluster.ask(cluster.api(VersionApi).getCode());
		return passedWith(cluster.server);
	},
};

/** A review of one's own rights is open to everybody whom the server knows (system:basic-user). */
const known: Check = {
	id: "api-credentials",
	description: "the Kubernetes API accepts these credentials",
	isFatal: true,
	run: async ({ cluster, namespace }) => {
		const spec = { resourceAttributes: { verb: "get", resource: "pods", namespace } };
		await cluster.ask(cluster.api(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec } }));
		return passed;
	},
};

const recent: Check = {
	id: "kubernetes-version",
	description: "the Kubernetes version is one that Shunt knows",
	run: async ({ cluster }) => {
		const { gitVersion, major, minor } = await cluster.ask(cluster.api(VersionApi).getCode());
		return isAtLeast({ major, minor }, oldestMinor)
			? passedWith(gitVersion)
			: failed(`the cluster runs ${gitVersion}; Shunt needs 1.${oldestMinor} or newer`);
	},
};

/** Some distributions write a minor version as `29+`. */
export function isAtLeast(
	version: { readonly major: string; readonly minor: string },
	leastMinor: number,
): boolean {
	const [major, minor] = [version.major, version.minor].map((text) => Number.parseInt(text, 10));
	return (major ?? 0) > 1 || (major === 1 && (minor ?? 0) >= leastMinor);
}

export const kubernetesApi: readonly Check[] = [reachable, known];

export const kubernetesVersion: readonly Check[] = [recent];
