import { isEmpty } from "../go/truth.ts";
import { GoMap, GoSlice, type Value } from "../go/value.ts";

/**
 * sprig merges with mergo, which takes false, 0 and "" for "not set": `merge` fills what is empty in the target, and a
 * default of true cannot be overridden with false. `mergeOverwrite` lets the source win, nil included. Maps within are
 * shared, not copied.
 */
export function merge(target: GoMap, source: GoMap): GoMap {
	return mergeInto(target, source, false);
}

export function mergeOverwrite(target: GoMap, source: GoMap): GoMap {
	return mergeInto(target, source, true);
}

function mergeInto(given: GoMap, source: GoMap, overwrite: boolean): GoMap {
	const target = given.isNil && !source.isNil ? new GoMap() : given;
	for (const [key, value] of source.entries) {
		mergeKey(target, key, value, overwrite);
	}
	return target;
}

function mergeKey(target: GoMap, key: string, value: Value, overwrite: boolean): void {
	const present = target.entries.get(key);
	if (isNothing(value)) {
		if (overwrite) {
			target.entries.set(key, value);
		}
		return;
	}
	if (value instanceof GoMap && present instanceof GoMap) {
		mergeInto(present, value, overwrite);
		if (present.entries.size > 0) {
			return;
		}
	}
	if (overwrite || isEmpty(present)) {
		target.entries.set(key, value);
	}
}

function isNothing(value: Value): boolean {
	return value == null || ((value instanceof GoMap || value instanceof GoSlice) && value.isNil);
}
