import type { Gid, Uid } from "../domain/identity.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { ok, type Result } from "../domain/problem.ts";

/** Kubernetes takes no larger runAsUser and runAsGroup (IsValidUserID in apimachinery's validation package). */
const maxId = 2 ** 31 - 1;

/** A pod cannot ask for a proxy without a user of its own: its connections would come back to it for ever. */
export function parseOwnUid(text: string, source: string): Result<Uid> {
	const parsed = parseWholeNumber(text, {
		source,
		noun: "user id for a proxy",
		min: 1,
		max: maxId,
		accepted: `a whole number from 1 to ${maxId} (as root it could not be told from an application)`,
	});
	return parsed.ok ? ok(parsed.value as Uid) : parsed;
}

/** `-1` and `0` mean none, as they do to `shunt init`. */
export function parseOwnGid(text: string, source: string): Result<Gid | undefined> {
	const parsed = parseWholeNumber(text, { source, noun: "group id", min: -1, max: maxId });
	return parsed.ok ? ok(parsed.value > 0 ? (parsed.value as Gid) : undefined) : parsed;
}
