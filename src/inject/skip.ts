import type { NotRedirected } from "../policy/pod-policy-inject.ts";
import { type ExistingSidecar, findSidecar } from "./existing-sidecar.ts";
import { get, type JsonObject, objectAt, objectsAt } from "./json.ts";
import { windowsSign } from "./windows.ts";

/** Why a pod is left as it is. The code is for metrics and tests, the reason for people. */
export interface Skip {
	readonly code:
		| NotRedirected["code"]
		| "host-network"
		| "windows"
		| (typeof sidecarCodes)[keyof typeof sidecarCodes]
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
	(_, pod) => alreadyInjected(pod),
	(spec) =>
		objectsAt(spec, "containers").length === 0
			? { code: "no-containers", reason: "it has no containers" }
			: undefined,
];

const sidecarCodes = {
	Shunt: "injected-by-shunt",
	Linkerd: "injected-by-linkerd",
	Istio: "injected-by-istio",
	Kuma: "injected-by-kuma",
	Consul: "injected-by-consul",
	"Open Service Mesh": "injected-by-osm",
	"App Mesh": "injected-by-app-mesh",
	"NGINX Service Mesh": "injected-by-nginx-mesh",
} as const satisfies Readonly<Record<ExistingSidecar["owner"], string>>;

function alreadyInjected(pod: JsonObject): Skip | undefined {
	const found = findSidecar(pod);
	return (
		found && { code: sidecarCodes[found.owner], reason: `already injected by ${found.owner} (${found.sign})` }
	);
}
