import { AdmissionregistrationV1Api, type V1LabelSelector, type V1Namespace } from "@kubernetes/client-node";
import type { Cluster } from "../../kube/cluster.ts";
import { injectorName } from "../chart/store.ts";

/** Whether the API server asks the webhook about a namespace, by the selectors that the release's values make. */
export async function webhookScope(cluster: Cluster): Promise<(namespace: V1Namespace) => boolean> {
	const webhooks = cluster.api(AdmissionregistrationV1Api);
	const found = await cluster.find(webhooks.readMutatingWebhookConfiguration({ name: injectorName }));
	const selectors = (found?.webhooks ?? []).map(({ namespaceSelector }) => namespaceSelector);
	return ({ metadata }) => {
		// The API server sees to it that every namespace has the label.
		const labels = { "kubernetes.io/metadata.name": metadata?.name ?? "", ...metadata?.labels };
		return selectors.length === 0 || selectors.some((selector) => selects(selector, labels));
	};
}

type Labels = Readonly<Record<string, string>>;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors; an empty one selects all. */
export function selects(selector: V1LabelSelector | undefined, labels: Labels): boolean {
	const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
	return (
		Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
		matchExpressions.every((expression) => holds(expression, labels))
	);
}

function holds(
	{ key, operator, values = [] }: { key: string; operator: string; values?: readonly string[] },
	labels: Labels,
): boolean {
	const value = labels[key];
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		default:
			return false;
	}
}
