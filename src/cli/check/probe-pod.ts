import type { V1Pod } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { imageFields, initSecurityContext } from "../../inject/container-fields.ts";
import { initVolume } from "../../inject/init-container.ts";
import { type JsonObject, objectsAt } from "../../inject/json.ts";
import { shuntProgram } from "../../inject/names.ts";
import { injectAnnotation, linkerdInjectAnnotation } from "../../policy/annotation-keys.ts";
import { componentLabel } from "../cluster/pods.ts";
import type { Reading } from "./release.ts";

/** Marks the pods of one run, so that none of them is forgotten. */
export const runLabel = "shunt.dev/probe-run";
export const probeSelector = `app.kubernetes.io/name=shunt,${componentLabel}=probe`;

interface ProbePodRequest {
	/** How the release's init containers are, which this one resembles in all but what it does. */
	readonly target: ProbeTarget;
	readonly node: string;
	readonly run: string;
	/** After so many seconds the kubelet ends it, if nobody else does. */
	readonly deadlineSeconds: number;
}

/**
 * Tries the dialects on a node, with an init container's own image and rights, in a network namespace that goes with the
 * pod. It goes to the node by name, past the scheduler, and tolerates whatever the node is tainted with.
 */
export function probePod({ target, node, run, deadlineSeconds }: ProbePodRequest): V1Pod {
	const { config, pullSecrets } = target;
	const { name, mountPath } = config.init.xtMountPath;
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			generateName: "shunt-probe-",
			labels: {
				"app.kubernetes.io/name": "shunt",
				"app.kubernetes.io/part-of": "shunt",
				[componentLabel]: "probe",
				[runLabel]: run,
				"sidecar.istio.io/inject": "false",
			},
			annotations: { [injectAnnotation]: "disabled", [linkerdInjectAnnotation]: "disabled" },
		},
		spec: {
			nodeName: node,
			hostNetwork: false,
			restartPolicy: "Never",
			activeDeadlineSeconds: deadlineSeconds,
			terminationGracePeriodSeconds: 0,
			automountServiceAccountToken: false,
			enableServiceLinks: false,
			imagePullSecrets: pullSecrets,
			tolerations: [{ operator: "Exists" }],
			containers: [
				{
					name: "probe",
					...imageFields(config.init.image),
					command: [shuntProgram, "init"],
					args: ["--probe", "--iptables-mode", config.mode, ...ipv6Args(config)],
					securityContext: initSecurityContext(config.init, 0),
					resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
					volumeMounts: [{ name, mountPath }],
				},
			],
			volumes: [initVolume(config)],
		} as unknown as NonNullable<V1Pod["spec"]>,
	};
}

function ipv6Args({ defaults }: InjectConfig): string[] {
	return defaults.policy.families.includes("ipv6") ? [] : ["--ipv6=false"];
}

/** What a node is tried with. */
export interface ProbeTarget {
	readonly config: InjectConfig;
	/** The release's `imagePullSecrets`, for a private registry. */
	readonly pullSecrets: readonly JsonObject[];
}

/** Both parts of a release's ConfigMap together. */
export function probeTarget(
	config: Reading<InjectConfig>,
	values: Reading<JsonObject>,
): Reading<ProbeTarget> {
	if (config.kind !== "read") {
		return config;
	}
	const pullSecrets = values.kind === "read" ? objectsAt(values.value, "imagePullSecrets") : [];
	return { kind: "read", value: { config: config.value, pullSecrets } };
}
