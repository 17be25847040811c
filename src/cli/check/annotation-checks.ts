import type { V1Namespace } from "@kubernetes/client-node";
import { formatProblem } from "../../domain/problem.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { wishesOfOthers } from "../../inject/existing-sidecar.ts";
import { labelWarnings } from "../../inject/warnings.ts";
import { resolvePodPolicy } from "../../policy/pod-policy.ts";
import { type Check, withConfig } from "./check.ts";
import { injectableNamespaces, outcomeOver } from "./injectable-namespaces.ts";

interface Finding {
	readonly namespace: string;
	readonly reason: string;
}

/** Every pod of a namespace inherits its annotations: with a mistake in them all are refused, and only events say so. */
export const annotationsFollowed: Check = {
	id: "config-annotations",
	description: "the namespaces' annotations about pods can be followed",
	run: (context) =>
		withConfig(context, async (config) => {
			const namespaces = await injectableNamespaces(context.cluster);
			const findings = namespaces.flatMap((namespace) => findingsIn(namespace, config));
			return outcomeOver(namespaces, findings, {
				message: (howMany) => `those of ${howMany} cannot: correct them`,
				detail: ({ reason }) => reason,
			});
		}),
};

function findingsIn({ metadata }: V1Namespace, { defaults }: InjectConfig): Finding[] {
	const { name = "", annotations = {}, labels = {} } = metadata ?? {};
	const asked = { defaults, namespace: annotations, pod: {}, whenUnannotated: "skip" } as const;
	const outcome = resolvePodPolicy(asked);
	const alone = Object.entries(labels).filter(([label]) => !(label in annotations));
	return [
		...(outcome.kind === "refused"
			? outcome.problems.map((problem) => `its pods are refused: ${formatProblem(problem)}`)
			: []),
		...(outcome.kind === "redirect"
			? [...outcome.warnings, ...wishesOfOthers({ metadata: { annotations, labels } })]
			: []),
		...labelWarnings(Object.fromEntries(alone)),
	].map((reason) => ({ namespace: name, reason }));
}
