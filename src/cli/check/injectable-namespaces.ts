import { CoreV1Api, type V1Namespace } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { injectPod } from "../../inject/inject-pod.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "../../inject/json.ts";
import { ownContainers } from "../../inject/names.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { listed, type Outcome, passedWith } from "./check.ts";
import { webhookScope } from "./webhook-scope.ts";

/** Those whose pods the webhook is asked about. */
export async function injectableNamespaces(cluster: Cluster): Promise<V1Namespace[]> {
	const core = cluster.api(CoreV1Api);
	const [namespaces, isAskedAbout] = await Promise.all([
		allPages((page) => cluster.ask(core.listNamespace(page))),
		webhookScope(cluster),
	]);
	return namespaces.filter(isAskedAbout);
}

/** What a check says that looked at these: how many of them have a mistake, and each that was found behind its namespace. */
export function outcomeOver<T extends { readonly namespace: string }>(
	namespaces: readonly V1Namespace[],
	findings: readonly T[],
	words: { readonly message: (howMany: string) => string; readonly detail: (finding: T) => string },
): Outcome {
	const count = new Set(findings.map(({ namespace }) => namespace)).size;
	return findings.length === 0
		? passedWith(`of ${namespaces.length}`)
		: {
				kind: "warning",
				message: words.message(`${count} of ${namespaces.length}`),
				details: listed(findings.map((finding) => `${finding.namespace}: ${words.detail(finding)}`)),
				data: findings,
			};
}

interface Pods {
	/** What the namespace's pods say of themselves is not known: whether they are taken for injected where it says nothing. */
	readonly whenUnannotated: "redirect" | "skip";
	/** The limits of a pod's own container. */
	readonly limits?: Readonly<Record<string, string>>;
}

/** Our containers in a pod of the namespace, as it would get them. None where it gets nothing. */
export function injectedContainers(
	{ metadata }: V1Namespace,
	config: InjectConfig,
	{ whenUnannotated, limits = {} }: Pods,
): readonly JsonObject[] {
	const outcome = injectPod({
		pod: { spec: { containers: [{ name: "application", resources: { limits } }] } },
		config,
		namespace: metadata?.annotations ?? {},
		whenUnannotated,
	});
	const spec = outcome.kind === "injected" ? objectAt(outcome.pod, "spec") : {};
	return [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].filter((container) =>
		ownContainers.includes(textAt(container, "name") ?? ""),
	);
}
