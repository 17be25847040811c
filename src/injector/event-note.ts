import { harmless } from "../domain/harmless.ts";
import {
	get,
	isArray,
	isObject,
	type Json,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "../inject/json.ts";
import type { AdmissionAnswer } from "./admission.ts";
import type { AdmissionRequest } from "./review.ts";

/** What a Kubernetes Event says, and about which object. */
export interface EventNote {
	readonly reason: "Injected" | "InjectionSkipped";
	readonly note: string;
	readonly regarding: ObjectReference;
}

export interface ObjectReference {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
	/** `kubectl describe` finds events by it. */
	readonly uid: string | undefined;
}

/**
 * Skips about which nobody wonders: a pod that nobody asked to inject, and our own work when the API server asks again
 * after another webhook's changes (reinvocationPolicy).
 */
const selfEvident: readonly string[] = ["not-a-new-pod", "not-enabled", "injected-by-shunt"];

/** Refusals make none: whoever creates the pod is told, and controllers make an event of that themselves. */
export function eventNote(request: AdmissionRequest, answer: AdmissionAnswer): EventNote | undefined {
	const regarding = request.dryRun ? undefined : regardingOf(request);
	if (regarding === undefined) {
		return undefined;
	}
	if (answer.kind === "injected") {
		return { reason: "Injected", note: "the proxy was injected", regarding };
	}
	return answer.kind === "skipped" && !selfEvident.includes(answer.code)
		? {
				reason: "InjectionSkipped",
				note: harmless(`the proxy was not injected: ${answer.reason}`),
				regarding,
			}
		: undefined;
}

/** The pod does not exist yet and may not even have a name; what makes it does, and there people look. */
function regardingOf({ object, namespace }: AdmissionRequest): ObjectReference | undefined {
	const metadata = isObject(object) ? objectAt(object, "metadata") : {};
	return referenceOf(controllerOf(metadata), namespace) ?? referenceOf(podOf(metadata), namespace);
}

function controllerOf(metadata: JsonObject): JsonObject {
	const owners = isArray(get(metadata, "ownerReferences")) ? objectsAt(metadata, "ownerReferences") : [];
	return owners.find((owner) => get(owner, "controller") === true) ?? {};
}

function podOf(metadata: JsonObject): Readonly<Record<string, Json>> {
	return { ...metadata, apiVersion: "v1", kind: "Pod" };
}

function referenceOf(object: JsonObject, namespace: string): ObjectReference | undefined {
	const [apiVersion, kind, name] = ["apiVersion", "kind", "name"].map((key) => textAt(object, key) ?? "");
	return apiVersion && kind && name && namespace
		? { apiVersion, kind, name, namespace, uid: textAt(object, "uid") }
		: undefined;
}
