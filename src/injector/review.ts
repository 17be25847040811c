import { isUtf8 } from "node:buffer";
import { attempt } from "../domain/attempt.ts";
import { get, isObject, type Json, type JsonObject, objectAt, textAt } from "../inject/json.ts";

/** What an API server asks, as far as it matters here. */
export interface AdmissionRequest {
	readonly uid: string;
	/** `CREATE`, `UPDATE`, … */
	readonly operation: string;
	readonly group: string;
	readonly version: string;
	readonly kind: string;
	/** Empty for the object itself. */
	readonly subResource: string;
	readonly namespace: string;
	/** Nothing may be done beyond the answer. */
	readonly dryRun: boolean;
	readonly object: Json;
}

/** Without a uid there is nothing to answer to: such a review is an error of the HTTP request. */
type ReviewReading =
	| { readonly kind: "request"; readonly request: AdmissionRequest }
	| { readonly kind: "malformed"; readonly uid: string | undefined; readonly complaint: string };

export const reviewVersion = "admission.k8s.io/v1";

/** A pod with all its managed fields stays far below; what is deeper only wants to exhaust somebody's stack. */
const maxDepth = 128;

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
export function readReview(body: Uint8Array): ReviewReading {
	const review = parseJson(body);
	if (review === undefined) {
		return malformed("the body is not JSON in UTF-8");
	}
	if (!isObject(review)) {
		return malformed("the body is not an object");
	}
	const version = textAt(review, "apiVersion");
	if (version !== reviewVersion || textAt(review, "kind") !== "AdmissionReview") {
		return malformed(`the body is not an AdmissionReview of ${reviewVersion}`);
	}
	return readRequest(objectAt(review, "request"));
}

function readRequest(request: JsonObject): ReviewReading {
	const uid = textAt(request, "uid") ?? "";
	if (uid === "") {
		return malformed("the review has no request with a uid");
	}
	const operation = textAt(request, "operation");
	const kind = objectAt(request, "kind");
	const namespace = textAt(request, "namespace") ?? "";
	if (operation === undefined || textAt(kind, "kind") === undefined) {
		return malformed("the request has no operation or no kind", uid);
	}
	if (!isNamespaceName(namespace)) {
		return malformed("the request's namespace is not a name", uid);
	}
	const object = get(request, "object") ?? null;
	if (nestsDeeperThan(object, maxDepth)) {
		return malformed(`the object nests deeper than ${maxDepth} levels`, uid);
	}
	return {
		kind: "request",
		request: {
			uid,
			operation,
			group: textAt(kind, "group") ?? "",
			version: textAt(kind, "version") ?? "",
			kind: textAt(kind, "kind") ?? "",
			subResource: textAt(request, "subResource") ?? "",
			namespace,
			dryRun: get(request, "dryRun") === true,
			object,
		},
	};
}

/** Decoding would put replacement characters where the pod has something else. */
function parseJson(body: Uint8Array): Json | undefined {
	const text = isUtf8(body) ? Buffer.from(body.buffer, body.byteOffset, body.length).toString() : "";
	return attempt((): Json => JSON.parse(text));
}

/** RFC 1123's label, or nothing for objects without a namespace. It is about to be part of a URL. */
function isNamespaceName(text: string): boolean {
	return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/.test(text);
}

function malformed(complaint: string, uid?: string): ReviewReading {
	return { kind: "malformed", uid, complaint };
}

/** Recursive, and so as shallow as its limit whatever the input. */
export function nestsDeeperThan(value: Json, limit: number): boolean {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	if (limit === 0) {
		return true;
	}
	for (const item of Array.isArray(value) ? value : Object.values(value)) {
		if (nestsDeeperThan(item, limit - 1)) {
			return true;
		}
	}
	return false;
}
