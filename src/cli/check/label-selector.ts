import type { V1LabelSelector } from "@kubernetes/client-node";

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
