import type { Route } from "./route.ts";
import { selects } from "./selector.ts";
import { Status } from "./status.ts";
import { type ApiObject, keyOf, type Store } from "./store.ts";

export interface ApiRequest {
	readonly method: string;
	readonly query: URLSearchParams;
	readonly route: Route;
	readonly body: unknown;
}

interface Answer {
	readonly code: number;
	readonly body: unknown;
}

export function collectionOf({ apiVersion, resource }: Route): string {
	return `${apiVersion}/${resource}`;
}

/** Everything but watches. Throws a {@link Status} for what cannot be done. */
export function answerRequest(store: Store, request: ApiRequest): Answer {
	const { method, route } = request;
	if (route.name === undefined) {
		return method === "POST" ? create(store, request) : list(store, request);
	}
	const found = store.get(collectionOf(route), keyOf(placeOf(route)));
	if (found === undefined) {
		throw new Status(404, "NotFound", `${route.resource} "${route.name}" not found`);
	}
	switch (method) {
		case "GET":
			return { code: 200, body: found };
		case "PUT":
			return replace(store, request, found);
		case "PATCH":
			return { code: 200, body: store.put(collectionOf(route), merge(found, request.body) as ApiObject) };
		case "DELETE":
			return remove(store, request, found);
		default:
			throw new Status(405, "MethodNotAllowed", `${method} is not served here`);
	}
}

function placeOf({ namespace, name = "" }: Route) {
	return namespace === undefined ? { name } : { namespace, name };
}

function list(store: Store, { route, query }: ApiRequest): Answer {
	const all = store
		.list(collectionOf(route))
		.filter(({ metadata }) => route.namespace === undefined || metadata.namespace === route.namespace)
		.filter(selects(query));
	const from = Number(query.get("continue") ?? 0);
	const to = from + Number(query.get("limit") ?? all.length);
	const more = to < all.length ? { continue: `${to}`, remainingItemCount: all.length - to } : {};
	const metadata = { resourceVersion: `${store.version}`, ...more };
	return {
		code: 200,
		body: { apiVersion: route.apiVersion, kind: "List", metadata, items: all.slice(from, to) },
	};
}

function create(store: Store, { route, body }: ApiRequest): Answer {
	const given = body as ApiObject;
	const metadata = { ...given.metadata, ...(route.namespace ? { namespace: route.namespace } : {}) };
	checkName(metadata);
	if (metadata.name !== undefined && store.get(collectionOf(route), keyOf(metadata)) !== undefined) {
		throw new Status(409, "AlreadyExists", `${route.resource} "${metadata.name}" already exists`);
	}
	return { code: 201, body: store.put(collectionOf(route), { ...given, metadata }) };
}

/** A DNS subdomain; a stem for generated names may end with dashes (NameIsDNSSubdomain in apimachinery). */
function checkName({ name, generateName = "" }: ApiObject["metadata"]): void {
	const checked = name ?? generateName.replace(/-+$/, "a");
	if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(checked)) {
		throw new Status(422, "Invalid", `"${name ?? generateName}" is not a lowercase RFC 1123 subdomain`);
	}
}

function replace(store: Store, { route, body }: ApiRequest, found: ApiObject): Answer {
	const given = body as ApiObject;
	const { resourceVersion } = given.metadata;
	if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) {
		throw new Status(409, "Conflict", "the object has been modified");
	}
	return { code: 200, body: store.put(collectionOf(route), given) };
}

function remove(store: Store, { route, body }: ApiRequest, found: ApiObject): Answer {
	const { uid, resourceVersion } = (body as DeleteOptions | undefined)?.preconditions ?? {};
	const isAnother =
		(uid !== undefined && uid !== found.metadata.uid) ||
		(resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion);
	if (isAnother) {
		throw new Status(409, "Conflict", "the precondition does not hold");
	}
	return { code: 200, body: store.delete(collectionOf(route), keyOf(found.metadata)) };
}

interface DeleteOptions {
	readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** RFC 7396 */
function merge(target: unknown, patch: unknown): unknown {
	if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
		return patch;
	}
	const result = { ...(typeof target === "object" && !Array.isArray(target) ? target : {}) };
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) {
			Reflect.deleteProperty(result, key);
		} else {
			Reflect.set(result, key, merge(Reflect.get(result, key), value));
		}
	}
	return result;
}
