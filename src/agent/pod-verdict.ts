import { decide } from "../cni/decide.ts";
import type { PluginConfig } from "../cni/plugin-config.ts";
import type { KnownPod, PodVerdict } from "../cni/pod-file.ts";
import { formatProblem } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { redirectAnnotation } from "../policy/annotation-keys.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";

/** A pod of this node, as far as it matters here. */
export interface NodePod {
	readonly metadata?: {
		readonly name?: string;
		readonly namespace?: string;
		readonly uid?: string;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly deletionTimestamp?: unknown;
		readonly ownerReferences?: readonly { readonly controller?: boolean }[];
	};
	readonly spec?: {
		readonly hostNetwork?: boolean;
		readonly initContainers?: readonly { readonly name?: string }[];
	};
	readonly status?: {
		readonly phase?: string;
		readonly podIPs?: readonly { readonly ip?: string }[];
		readonly initContainerStatuses?: readonly ContainerStatus[];
	};
}

export interface ContainerStatus {
	readonly name?: string;
	readonly restartCount?: number;
	readonly state?: ContainerState;
	readonly lastState?: ContainerState;
}

export interface ContainerState {
	readonly terminated?: { readonly exitCode?: number };
}

/** What the plugin is to be told of a pod. */
export type PodWord =
	| { readonly kind: "told"; readonly pod: KnownPod; readonly verdict: PodVerdict }
	/** No plugin will ever ask about it. */
	| { readonly kind: "silent" }
	/** Its policy cannot be understood: the plugin hears nothing, and the pod fails rather than start without rules. */
	| { readonly kind: "unclear"; readonly pod: KnownPod; readonly why: string };

/** Init containers that make a pod's rules themselves. */
const makers: readonly string[] = ["shunt-init", "linkerd-init"];

/**
 * The plugin's own decision, of all of a pod that the plugin cannot see where the runtime hands it no annotations; and the
 * pod's containers, which no runtime hands over.
 */
export function wordAbout(host: Host, pod: NodePod, config: PluginConfig): PodWord {
	const known = knownPod(pod);
	if (known === undefined || pod.spec?.hostNetwork === true || isOver(pod)) {
		return { kind: "silent" };
	}
	const maker = pod.spec?.initContainers?.find(({ name = "" }) => makers.includes(name))?.name;
	if (maker !== undefined) {
		const reason = `it brings the init container ${maker}, which makes its rules`;
		const stamp = stampOf(pod);
		return { kind: "told", pod: known, verdict: { kind: "leave", reason, ...(stamp && { stamp }) } };
	}
	const decision = decide(host, {
		config: { ...config, runDir: nowhere },
		pod: known,
		annotations: pod.metadata?.annotations ?? {},
		waitMs: 0,
	});
	switch (decision.kind) {
		case "redirect":
			return { kind: "told", pod: known, verdict: { kind: "redirect", policy: decision.policy } };
		case "leave":
			return { kind: "told", pod: known, verdict: { kind: "leave", reason: decision.reason } };
		case "refused":
			return { kind: "unclear", pod: known, why: decision.problems.map(formatProblem).join("; ") };
		case "unsettled":
			return { kind: "unclear", pod: known, why: decision.why };
	}
}

/** Whether its containers have ended for good. */
export function isOver({ status }: NodePod): boolean {
	return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** What the injector has told the init container; a pod of Linkerd's, or of somebody's own, has none. */
function stampOf({ metadata }: NodePod): RedirectPolicy | undefined {
	const annotationOf = (name: string) => metadata?.annotations?.[name];
	const stamp = annotationOf(redirectAnnotation);
	const parsed = stamp === undefined ? undefined : parseStamp(stamp, redirectAnnotation, annotationOf);
	return parsed?.ok === true ? parsed.value : undefined;
}

/** Where no file of ours is: what we wrote before must not be what we decide by. */
const nowhere = "/dev/null";

/** The kubelet knows a static pod by its manifest's hash, and its mirror in the API has it as an annotation. */
function knownPod({ metadata }: NodePod): KnownPod | undefined {
	const { name, namespace, uid, annotations = {} } = metadata ?? {};
	const kubeletUid = annotations["kubernetes.io/config.hash"] ?? uid;
	return name === undefined || namespace === undefined || kubeletUid === undefined
		? undefined
		: { name, namespace, uid: kubeletUid };
}
