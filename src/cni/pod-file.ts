import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { formatStamp, parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { isJsonObject, type JsonObject } from "./config-reader.ts";
import { isKubernetesName } from "./plugin-config.ts";
import type { PodArgs } from "./pod-args.ts";

/**
 * What the node's agent writes about a pod, for runtimes that do not hand a pod's annotations to plugins:
 *
 *     {"version":1,"namespace":"shop","name":"web-0","uid":"…","redirect":{…}}
 *     {"version":1,"namespace":"shop","name":"web-0","uid":"…","leave":"it brings an init container","stamp":{…}}
 *
 * `redirect`, and `stamp` of a pod that is left to its init container, is a stamp without references to annotations (see pod-policy-stamp.ts). `uid` is the one that the kubelet
 * knows, which is of a static pod the annotation kubernetes.io/config.hash of its mirror. The agent writes it aside and
 * renames it into place, so that nobody reads half of one; a later format has a higher version.
 */
export const podFileVersion = 1;

/** A pod as the agent knows it. */
export interface KnownPod {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
}

export type PodVerdict =
	| { readonly kind: "redirect"; readonly policy: RedirectPolicy }
	| {
			readonly kind: "leave";
			readonly reason: string;
			/** What its own init container was told to do, for whoever compares (`shunt status`). */
			readonly stamp?: RedirectPolicy;
	  };

/** What came of looking for a pod's file. */
export type PodFileReading =
	| PodVerdict
	/** There is none, or one of an earlier pod of the same name, or one that is still being written. */
	| { readonly kind: "not-yet"; readonly why: string }
	/** A newer agent wrote it. */
	| { readonly kind: "later"; readonly version: number }
	| { readonly kind: "mistakes"; readonly problems: readonly Problem[] };

/** Where a pod's file is; undefined for what cannot be a pod's name, which comes from outside and may hold a slash. */
export function podFilePath(
	runDir: string,
	{ namespace, name }: Pick<PodArgs, "namespace" | "name">,
): string | undefined {
	return namespace !== undefined &&
		name !== undefined &&
		isKubernetesName(namespace) &&
		isKubernetesName(name)
		? `${runDir}/pods/${namespace}_${name}.json`
		: undefined;
}

/** A file's text. The annotations are the pod's, for lists of its policy that a stamp would leave to them. */
export function formatPodFile(pod: KnownPod, verdict: PodVerdict): string {
	const said =
		verdict.kind === "redirect"
			? { redirect: JSON.parse(formatStamp(verdict.policy)) as unknown }
			: {
					leave: verdict.reason,
					...(verdict.stamp && { stamp: JSON.parse(formatStamp(verdict.stamp)) as unknown }),
				};
	const { namespace, name, uid } = pod;
	return `${JSON.stringify({ version: podFileVersion, namespace, name, uid, ...said })}\n`;
}

/**
 * Reads a file about this very pod. Where the runtime names no uid the pod's name has to do. What is no JSON is half of a
 * file, since whole ones are.
 */
export function readPodFile(text: string | undefined, path: string, pod: PodArgs): PodFileReading {
	if (text === undefined) {
		return { kind: "not-yet", why: `${path} is not there` };
	}
	const file = parseObject(text);
	if (file === undefined) {
		return { kind: "not-yet", why: `${path} is not whole` };
	}
	const { version } = file;
	if (typeof version === "number" && version > podFileVersion) {
		return { kind: "later", version };
	}
	const { uid } = file;
	if (pod.uid !== undefined && typeof uid === "string" && uid !== pod.uid) {
		return { kind: "not-yet", why: `${path} is of an earlier pod (${uid}, not ${pod.uid})` };
	}
	const verdict = verdictIn(file, path);
	return verdict.ok ? verdict.value : { kind: "mistakes", problems: verdict.problems };
}

function verdictIn(file: JsonObject, path: string): Result<PodVerdict> {
	const { version, uid, redirect, leave } = file;
	if (version !== podFileVersion || typeof uid !== "string") {
		return err({
			source: path,
			complaint: "has no version or no uid",
			accepted: `"version": ${podFileVersion} and "uid": "…"`,
		});
	}
	if (typeof leave === "string" && redirect === undefined) {
		const stamp = file["stamp"] === undefined ? undefined : parseStamp(JSON.stringify(file["stamp"]), path);
		// The plugin leaves the pod alone, whatever else is said of it.
		return ok({ kind: "leave", reason: leave, ...(stamp?.ok && { stamp: stamp.value }) });
	}
	if (redirect === undefined || leave !== undefined) {
		return err({
			source: path,
			complaint: "says not what to do",
			accepted: '"redirect": {…} or "leave": "why"',
		});
	}
	const policy = parseStamp(JSON.stringify(redirect), `${path} redirect`);
	return policy.ok ? ok({ kind: "redirect", policy: policy.value }) : policy;
}

export function parseObject(text: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isJsonObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
