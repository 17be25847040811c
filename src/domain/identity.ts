import type { Brand } from "./brand.ts";
import { parseWholeNumber } from "./number.ts";
import { ok, type Result } from "./problem.ts";

/** The numeric user a socket belongs to. Names are never looked up: the node's user database is not the pod's. */
export type Uid = Brand<number, "Uid">;
export type Gid = Brand<number, "Gid">;

/** 4294967295 is `(uid_t) -1`, which the kernel reserves for "no such id" (user_namespaces(7), setreuid(2)). */
const maxId = 4_294_967_294;

/**
 * The proxy's user, or undefined where the reference program makes no rule: `-1` (its default) and `0`
 * (exempting root would exempt most applications).
 */
export function parseProxyUid(text: string, source: string): Result<Uid | undefined> {
	const parsed = parseWholeNumber(text, { source, noun: "user id", min: -1, max: maxId });
	return parsed.ok ? ok(parsed.value > 0 ? (parsed.value as Uid) : undefined) : parsed;
}

/** The proxy's group; `-1` and `0` mean none, as for {@link parseProxyUid}. */
export function parseProxyGid(text: string, source: string): Result<Gid | undefined> {
	const parsed = parseWholeNumber(text, { source, noun: "group id", min: -1, max: maxId });
	return parsed.ok ? ok(parsed.value > 0 ? (parsed.value as Gid) : undefined) : parsed;
}

/** Any user; 0 is allowed here, because it was asked for in so many words. */
export function parseUid(text: string, source: string): Result<Uid> {
	const parsed = parseWholeNumber(text, { source, noun: "user id", min: 0, max: maxId });
	return parsed.ok ? ok(parsed.value as Uid) : parsed;
}

export function parseGid(text: string, source: string): Result<Gid> {
	const parsed = parseWholeNumber(text, { source, noun: "group id", min: 0, max: maxId });
	return parsed.ok ? ok(parsed.value as Gid) : parsed;
}
