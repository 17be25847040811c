import type { Libc } from "./libc.ts";

/** Whose a socket is. */
export interface User {
	readonly uid: number;
	readonly gid: number;
}

/** Refused by definition, so that only the answer is left: who one is. */
const nobodyAtAll = 0xff_ff_ff_ff;

/**
 * Does something as somebody else, as far as files and sockets go. One thread changes for a moment and nothing is
 * started, so that this costs microseconds; it takes CAP_SETUID and CAP_SETGID, or being that user already. Undefined
 * where it is not permitted, and then nothing was done.
 */
export function asUser<T>(libc: Libc, { uid, gid }: User, act: () => T): T | undefined {
	const before: User = { uid: libc.setfsuid(nobodyAtAll), gid: libc.setfsgid(nobodyAtAll) };
	try {
		// The group first: what the new user may do is less.
		libc.setfsgid(gid);
		libc.setfsuid(uid);
		const isChanged = isUser(libc.setfsuid(nobodyAtAll), uid) && isUser(libc.setfsgid(nobodyAtAll), gid);
		return isChanged ? act() : undefined;
	} finally {
		libc.setfsuid(before.uid);
		libc.setfsgid(before.gid);
	}
}

/** The calls answer with a signed number. */
function isUser(answer: number, id: number): boolean {
	return answer >>> 0 === id >>> 0;
}

export function mayBe(libc: Libc, user: User): boolean {
	return asUser(libc, user, () => true) === true;
}
