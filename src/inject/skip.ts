import { injectAnnotation } from "../policy/annotation-keys.ts";
import type { NotRedirected } from "../policy/pod-policy-inject.ts";
import { type ExistingSidecar, findSidecar } from "./existing-sidecar.ts";
import {
	annotationsOf,
	get,
	isArray,
	isObject,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "./json.ts";

/** Why a pod is left as it is. The code is for metrics and tests, the reason for people. */
export interface Skip {
	readonly code:
		| NotRedirected["code"]
		| "host-network"
		| "windows"
		| "static"
		| ExistingSidecar["code"]
		| "no-containers";
	readonly reason: string;
}

/** The first reason that holds, or undefined. */
export function skipReason(pod: JsonObject): Skip | undefined {
	for (const adjudicate of adjudicators) {
		const skip = adjudicate(objectAt(pod, "spec"), pod);
		if (skip !== undefined) {
			return skip;
		}
	}
	return undefined;
}

const adjudicators: readonly ((spec: JsonObject, pod: JsonObject) => Skip | undefined)[] = [
	(_, pod) => {
		const reason = closedReason(pod);
		return reason === undefined ? undefined : { code: "disabled", reason };
	},
	(spec) =>
		get(spec, "hostNetwork") === true
			? { code: "host-network", reason: "hostNetwork is on: its rules would be the whole node's" }
			: undefined,
	(spec) => {
		const sign = windowsSign(spec);
		return sign === undefined
			? undefined
			: { code: "windows", reason: `it runs on Windows (${sign}), whose kernel has no netfilter` };
	},
	(_, pod) =>
		Object.hasOwn(annotationsOf(pod), mirrorAnnotation)
			? {
					code: "static",
					reason: "it mirrors a static pod, which its kubelet runs as the node's own file has it",
				}
			: undefined,
	(_, pod) => alreadyInjected(pod),
	(spec) =>
		objectsAt(spec, "containers").length === 0
			? { code: "no-containers", reason: "it has no containers" }
			: undefined,
];

/** The one wish that counts as a label: the webhook's selectors leave out what bears it, a pod or a whole namespace. */
export function closedReason(object: JsonObject): string | undefined {
	return textAt(objectAt(objectAt(object, "metadata"), "labels"), injectAnnotation) === "disabled"
		? `label ${injectAnnotation}: disabled says so`
		: undefined;
}

/** Only a kubelet may write it (https://kubernetes.io/docs/reference/labels-annotations-taints/). */
const mirrorAnnotation = "kubernetes.io/config.mirror";

function alreadyInjected(pod: JsonObject): Skip | undefined {
	const found = findSidecar(pod);
	return found && { code: found.code, reason: `already injected by ${found.owner} (${found.sign})` };
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/; the older name works on kubelets before 1.19 alone. */
const osLabels = ["kubernetes.io/os", "beta.kubernetes.io/os"];

/** The kubelet puts it on Windows nodes and on no others. */
const buildLabel = "node.kubernetes.io/windows-build";

/**
 * What says that a pod runs on Windows; undefined where nothing does. `spec.os` is a newcomer (1.25) that few manifests
 * have: nodes are chosen by their labels. A RuntimeClass's choice stands in the pod once the API server has it.
 */
function windowsSign(spec: JsonObject): string | undefined {
	if (textAt(objectAt(spec, "os"), "name") === "windows") {
		return "spec.os";
	}
	const selector = objectAt(spec, "nodeSelector");
	// The options say nothing on a node with Linux, and a template may have them for both.
	const isForLinux = osLabels.some((name) => textAt(selector, name)?.toLowerCase() === "linux");
	return selectorSign(selector) ?? affinitySign(spec) ?? (isForLinux ? undefined : optionsSign(spec));
}

function selectorSign(selector: JsonObject): string | undefined {
	const label = osLabels.find((name) => textAt(selector, name)?.toLowerCase() === "windows");
	const found = label ?? (Object.hasOwn(selector, buildLabel) ? buildLabel : undefined);
	return found && `spec.nodeSelector ${found}`;
}

/** One term of several is enough for a node, so each has to rule Linux out; an empty one matches no node. */
function affinitySign(spec: JsonObject): string | undefined {
	const required = objectAt(
		objectAt(objectAt(spec, "affinity"), "nodeAffinity"),
		"requiredDuringSchedulingIgnoredDuringExecution",
	);
	const terms = objectsAt(required, "nodeSelectorTerms").filter((term) =>
		["matchExpressions", "matchFields"].some((key) => objectsAt(term, key).length > 0),
	);
	return terms.length > 0 && terms.every((term) => objectsAt(term, "matchExpressions").some(rulesLinuxOut))
		? "spec.affinity.nodeAffinity"
		: undefined;
}

function rulesLinuxOut(expression: JsonObject): boolean {
	const key = textAt(expression, "key") ?? "";
	const operator = textAt(expression, "operator");
	const given = get(expression, "values");
	const values = isArray(given) ? given : [];
	if (key === buildLabel) {
		return operator === "In" || operator === "Exists";
	}
	if (!osLabels.includes(key)) {
		return false;
	}
	return operator === "In"
		? values.length > 0 && values.every((value) => value === "windows")
		: operator === "NotIn" && values.includes("linux");
}

/** Only Windows has these, and the API server refuses them for a pod whose `spec.os` is Linux. */
function optionsSign(spec: JsonObject): string | undefined {
	if (hasOptions(spec)) {
		return "spec.securityContext.windowsOptions";
	}
	const found = ["initContainers", "containers", "ephemeralContainers"]
		.flatMap((key) => objectsAt(spec, key))
		.find(hasOptions);
	return found && `windowsOptions of container ${textAt(found, "name") ?? ""}`;
}

/** Templates leave it empty behind. */
function hasOptions(owner: JsonObject): boolean {
	const options = get(objectAt(owner, "securityContext"), "windowsOptions");
	return isObject(options) && Object.keys(options).length > 0;
}
