import type { NotRedirected } from "../domain/pod-policy-inject.ts";
import { findSidecar } from "./existing-sidecar.ts";
import { get, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";

/** Why a pod is left as it is. The code is for metrics and tests, the reason for people. */
export interface Skip {
	readonly code:
		| NotRedirected["code"]
		| "host-network"
		| "windows"
		| "injected-by-shunt"
		| "injected-by-linkerd"
		| "injected-by-istio"
		| "no-containers";
	readonly reason: string;
}

/** The first reason that holds, or undefined. */
export function skipReason(spec: JsonObject): Skip | undefined {
	for (const adjudicate of adjudicators) {
		const skip = adjudicate(spec);
		if (skip !== undefined) {
			return skip;
		}
	}
	return undefined;
}

const adjudicators: readonly ((spec: JsonObject) => Skip | undefined)[] = [
	(spec) =>
		get(spec, "hostNetwork") === true
			? { code: "host-network", reason: "hostNetwork is on: its rules would be the whole node's" }
			: undefined,
	(spec) =>
		textAt(objectAt(spec, "os"), "name") === "windows"
			? { code: "windows", reason: "it runs on Windows, whose kernel has no netfilter" }
			: undefined,
	alreadyInjected,
	(spec) =>
		objectsAt(spec, "containers").length === 0
			? { code: "no-containers", reason: "it has no containers" }
			: undefined,
];

const sidecarCodes = {
	Shunt: "injected-by-shunt",
	Linkerd: "injected-by-linkerd",
	Istio: "injected-by-istio",
} as const;

function alreadyInjected(spec: JsonObject): Skip | undefined {
	const found = findSidecar(spec);
	return (
		found && {
			code: sidecarCodes[found.owner],
			reason: `already injected by ${found.owner} (container ${found.container})`,
		}
	);
}
