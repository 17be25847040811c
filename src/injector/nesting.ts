import type { Json } from "../inject/json.ts";

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
