import type { Problem } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { readRecord } from "../inject/record.ts";
import { redirectAnnotation } from "../policy/annotation-keys.ts";
import type { Annotations } from "../policy/annotations.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { hasLinkerdProxy, linkerdPolicy } from "./linkerd-pod.ts";
import type { AgentPod, PluginConfig } from "./plugin-config.ts";
import type { PodArgs } from "./pod-args.ts";
import { type PodFileReading, podFilePath, readPodFile } from "./pod-file.ts";

/** What becomes of a pod. "No" always carries its reason. */
export type Decision =
	| {
			readonly kind: "redirect";
			readonly policy: RedirectPolicy;
			/** Where the policy is from. */
			readonly by: string;
			readonly warnings: readonly string[];
	  }
	| { readonly kind: "leave"; readonly reason: string }
	| { readonly kind: "refused"; readonly by: string; readonly problems: readonly Problem[] }
	/** Nobody has said yet, and somebody may. */
	| { readonly kind: "unsettled"; readonly why: string };

export interface Question {
	readonly config: PluginConfig;
	readonly pod: PodArgs;
	readonly annotations: Annotations | undefined;
	/** Whether the agent may yet say something about this pod, and how long to wait for that; 0 for not at all. */
	readonly waitMs: number;
}

/** Who is meshed, and how, without the API server: the only place where that is decided. */
export function decide(host: Host, question: Question): Decision {
	const { config, pod, annotations } = question;
	const excluded = whyExcluded(config, pod);
	if (excluded !== undefined) {
		return { kind: "leave", reason: excluded };
	}
	const own = annotations === undefined ? undefined : byStamp(annotations);
	return own ?? byAgentOrLinkerd(host, question);
}

function whyExcluded({ agent, excludedNamespaces }: PluginConfig, pod: PodArgs): string | undefined {
	if (agent !== undefined && isAgents(pod, agent)) {
		return "it is the agent's own";
	}
	return pod.namespace !== undefined && excludedNamespaces.includes(pod.namespace)
		? `namespace ${pod.namespace} is excluded`
		: undefined;
}

/** A DaemonSet's pods are named after it, with five letters behind (SimpleNameGenerator in apiserver's storage/names). */
function isAgents({ namespace, name }: PodArgs, agent: AgentPod): boolean {
	const suffix = name?.startsWith(`${agent.daemonSet}-`) ? name.slice(agent.daemonSet.length + 1) : "";
	return namespace === agent.namespace && /^[a-z0-9]{5}$/.test(suffix);
}

/** The injector's word, where it has said one. */
function byStamp(annotations: Annotations): Decision | undefined {
	const stamp = textOf(annotations, redirectAnnotation);
	if (stamp === undefined) {
		return undefined;
	}
	// With the plugin the injector adds no volume: a volume is the init container's, for the lock of its programs.
	const record = readRecord({ metadata: { annotations: asTexts(annotations) } });
	if (record !== undefined && record.volumes.length > 0) {
		return { kind: "leave", reason: "it brings an init container that makes its rules" };
	}
	const by = `annotation ${redirectAnnotation}`;
	const parsed = parseStamp(stamp, by, (name) => textOf(annotations, name));
	return parsed.ok
		? { kind: "redirect", policy: parsed.value, by, warnings: [] }
		: { kind: "refused", by, problems: parsed.problems };
}

function byAgentOrLinkerd(host: Host, question: Question): Decision {
	const { config, pod, annotations } = question;
	const path = podFilePath(config.runDir, pod);
	// With the annotations at hand the agent knows nothing more about a pod, but for what containers it brings.
	const waitMs = annotations === undefined ? question.waitMs : 0;
	const reading = path === undefined ? nothing : awaitPodFile(host, path, pod, waitMs);
	if (reading.kind === "redirect" || reading.kind === "leave") {
		return reading.kind === "leave" ? reading : { ...reading, by: path ?? "", warnings: [] };
	}
	if (annotations !== undefined) {
		return byLinkerd(question, annotations);
	}
	return waitMs === 0 ? unknownPod : unsettled(reading, path ?? "");
}

const nothing: PodFileReading = { kind: "not-yet", why: "" };
const unknownPod: Decision = { kind: "leave", reason: "nothing says that it is meshed" };

/** Every 20 ms: the agent writes within 100. */
const pauseMs = 20;

function awaitPodFile(host: Host, path: string, pod: PodArgs, waitMs: number): PodFileReading {
	const deadline = host.now() + waitMs;
	for (;;) {
		const reading = readPodFile(host.readFile(path), path, pod);
		if (reading.kind !== "not-yet" || host.now() >= deadline) {
			return reading;
		}
		host.pause(pauseMs);
	}
}

/** What a file that settles nothing means for a pod that it may be about. */
function unsettled(reading: Exclude<PodFileReading, { kind: "redirect" | "leave" }>, path: string): Decision {
	switch (reading.kind) {
		case "mistakes":
			return { kind: "refused", by: path, problems: reading.problems };
		case "later":
			return {
				kind: "unsettled",
				why: `${path} is of version ${reading.version}, which a newer agent wrote than this plugin is`,
			};
		case "not-yet":
			return { kind: "unsettled", why: reading.why };
	}
}

function byLinkerd({ config, pod }: Question, annotations: Annotations): Decision {
	if (config.linkerd === undefined || !hasLinkerdProxy(annotations)) {
		return unknownPod;
	}
	const resolved = linkerdPolicy(annotations, pod, config.linkerd, config.apiServerPorts);
	const by = "Linkerd's annotations";
	switch (resolved.kind) {
		case "skip":
			return { kind: "leave", reason: resolved.reason };
		case "refused":
			return { kind: "refused", by, problems: resolved.problems };
		case "redirect":
			return { kind: "redirect", policy: resolved.policy, by, warnings: resolved.warnings };
	}
}

/** Whether a pod may be meshed, for a configuration that cannot be read and so decides nothing. */
export function mayBeMeshed(annotations: Annotations | undefined): boolean {
	return (
		annotations === undefined ||
		textOf(annotations, redirectAnnotation) !== undefined ||
		hasLinkerdProxy(annotations)
	);
}

function textOf(annotations: Annotations, name: string): string | undefined {
	const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
	return typeof value === "string" && value !== "" ? value : undefined;
}

function asTexts(annotations: Annotations): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
	);
}
