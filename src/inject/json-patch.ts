import { align } from "./align.ts";
import { deepEqual } from "./deep-equal.ts";
import { isArray, isObject, type Json, type JsonArray, type JsonObject } from "./json.ts";

/** RFC 6902, the operations that a difference needs. */
export type PatchOperation =
	| { readonly op: "add" | "replace"; readonly path: string; readonly value: Json }
	| { readonly op: "remove"; readonly path: string };

/** What turns `before` into `after` when applied in order, and touches nothing that is the same in both. */
export function jsonPatch(before: Json, after: Json, path = ""): PatchOperation[] {
	if (deepEqual(before, after)) {
		return [];
	}
	if (isObject(before) && isObject(after)) {
		return patchObject(before, after, path);
	}
	if (isArray(before) && isArray(after)) {
		return patchArray(before, after, path);
	}
	return [{ op: "replace", path, value: after }];
}

function patchObject(before: JsonObject, after: JsonObject, path: string): PatchOperation[] {
	const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
	return [
		...removed.map((key): PatchOperation => ({ op: "remove", path: `${path}/${escapeKey(key)}` })),
		...Object.entries(after).flatMap(([key, value]): PatchOperation[] => {
			const below = `${path}/${escapeKey(key)}`;
			return Object.hasOwn(before, key)
				? jsonPatch(before[key] ?? null, value, below)
				: [{ op: "add", path: below, value }];
		}),
	];
}

/** Each operation sees the list as the ones before it left it. */
function patchArray(before: JsonArray, after: JsonArray, path: string): PatchOperation[] {
	const operations: PatchOperation[] = [];
	let index = 0;
	for (const step of align(before, after)) {
		const below = `${path}/${index}`;
		if (step.kind === "remove") {
			operations.push({ op: "remove", path: below });
			continue;
		}
		const value = after[step.to] ?? null;
		operations.push(
			...(step.kind === "add"
				? [{ op: "add", path: below, value } as const]
				: jsonPatch(before[step.from] ?? null, value, below)),
		);
		index += 1;
	}
	return operations;
}

/** RFC 6901, section 3. */
function escapeKey(key: string): string {
	return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
