import { isObject, type Json, type JsonObject } from "../../inject/json.ts";
import { replaceAt, valueAt } from "../../inject/path.ts";
import { labelOf, type Target, targetsOf } from "../../inject/workload.ts";
import type { Entry } from "./report.ts";

/** What to do with one object: the entry for the report, and the object if it is another now. */
export interface Transformed extends Omit<Entry, "label"> {
	readonly object?: JsonObject;
}

export type Transform = (target: Target) => Transformed;

/** A document with its objects transformed, those in lists too. */
export function transformDocument(document: Json, transform: Transform): { value: Json; entries: Entry[] } {
	const entries: Entry[] = [];
	const value = targetsOf(document).reduce((changed, target) => {
		// One that has several pod templates comes once for each.
		const current = valueAt(changed, target.path);
		const { object, ...entry } = transformTarget(
			isObject(current) ? { ...target, object: current } : target,
			transform,
		);
		entries.push({ label: labelOf(target), ...entry });
		return object === undefined ? changed : replaceAt(changed, target.path, object);
	}, document);
	return { value, entries };
}

function transformTarget(target: Target, transform: Transform): Transformed {
	return target.problems === undefined
		? transform(target)
		: { verdict: "refused", problems: target.problems };
}

/** The pod that an object makes: undefined where it makes none, null where it should but does not say. */
export function podOf({ object, podPath }: Target): Json | undefined {
	return podPath === undefined ? undefined : (valueAt(object, podPath) ?? null);
}

export function withPod({ object, podPath = [] }: Target, pod: Json): JsonObject {
	const changed = replaceAt(object, podPath, pod);
	return isObject(changed) ? changed : object;
}
