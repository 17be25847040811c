import { isJsonObject } from "../cni/config-reader.ts";
import { parseObject, readPodFile } from "../cni/pod-file.ts";
import { err, type Result } from "../domain/problem.ts";
import { type Host, HostError } from "../host/host.ts";
import { redirectAnnotation } from "../policy/annotation-keys.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";

/** A policy that somebody else than the rules tells, and who. */
export interface GivenPolicy {
	readonly policy: RedirectPolicy;
	/** `flags`, or where a pod's stamp was read. */
	readonly by: "flags" | { readonly stamp: string };
}

/** A file that says what a pod was given, or `-` for standard input. */
export function readStampFile(host: Host, path: string, source: string): Result<RedirectPolicy> {
	const read = readText(host, path);
	if ("complaint" in read) {
		return err({ source, value: path, ...read });
	}
	const { text } = read;
	const object = parseObject(text);
	const place = path === "-" ? "standard input" : path;
	if (object === undefined) {
		return err({ source, value: path, complaint: "holds no JSON object", accepted });
	}
	if ("metadata" in object) {
		return stampOfPod(object["metadata"], { source, path, place });
	}
	const stamp = object["redirect"] ?? object["stamp"] ?? object;
	return parseStamp(JSON.stringify(stamp), place);
}

/** The text without a byte order mark, or what is wrong with it. */
function readText(
	host: Host,
	path: string,
): { readonly text: string } | { readonly complaint: string; readonly accepted: string } {
	let text: string | undefined;
	try {
		text = path === "-" ? host.stdin() : host.readFile(path);
	} catch (error) {
		if (!(error instanceof HostError)) {
			throw error;
		}
		return { complaint: error.message.replace(/^standard input:? /, ""), accepted };
	}
	if (text === undefined) {
		return { complaint: "is not there", accepted };
	}
	// Neither half of the byte order mark of UTF-16 is UTF-8, for which a file is taken here.
	return text.startsWith("\ufffd\ufffd")
		? { complaint: "is in UTF-16", accepted: 'UTF-8: in PowerShell "| Out-File -Encoding utf8 FILE"' }
		: { text: text.replace(/^\ufeff/, "") };
}

const accepted = "a pod as JSON (kubectl get pod NAME -o json), its stamp, or a file of the agent's";

function stampOfPod(
	metadata: unknown,
	{ source, path, place }: { readonly source: string; readonly path: string; readonly place: string },
): Result<RedirectPolicy> {
	const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
	const textOf = (name: string) => {
		const value = isJsonObject(annotations) ? annotations[name] : undefined;
		return typeof value === "string" ? value : undefined;
	};
	const stamp = textOf(redirectAnnotation);
	return stamp === undefined
		? err({
				source,
				value: path,
				complaint: `has no annotation ${redirectAnnotation}`,
				accepted: "a pod that the injector has changed; of others give the flags",
			})
		: parseStamp(stamp, `${place} annotation ${redirectAnnotation}`, textOf);
}

/** What the node's agent knows of a pod, by the pod's uid; undefined where it has said nothing that can be read. */
export function agentsPolicy(host: Host, uid: string): GivenPolicy | undefined {
	for (const name of host.entries(agentsFolder) ?? []) {
		const path = `${agentsFolder}/${name}`;
		const policy = policyIn(host.readFile(path), path, uid);
		if (policy !== undefined) {
			return { policy, by: { stamp: path } };
		}
	}
	return undefined;
}

/** Most files are other pods', which shows without reading all of them. */
function policyIn(text: string | undefined, path: string, uid: string): RedirectPolicy | undefined {
	if (text?.includes(uid) !== true) {
		return undefined;
	}
	const reading = readPodFile(text, path, { uid, namespace: undefined, name: undefined });
	switch (reading.kind) {
		case "redirect":
			return reading.policy;
		case "leave":
			return reading.stamp;
		default:
			return undefined;
	}
}

/** Where the agent writes unless told otherwise (runDir in cni/plugin-config.ts). */
const agentsFolder = "/run/shunt/pods";
