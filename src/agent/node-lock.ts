import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { loadLibc } from "../linux/libc.ts";

/** LOCK_EX | LOCK_NB of flock(2), in asm-generic/fcntl.h. */
const exclusiveAtOnce = 2 | 4;

/**
 * Of two agents on a node one works and the other waits. The kernel gives the lock back when its holder ends, however it
 * ends; it is a file's, so that agents in different pods see the same one.
 */
export class NodeLock {
	readonly #path: string;
	#descriptor: number | undefined;

	constructor(path: string) {
		this.#path = path;
	}

	/** Whether we have it, after trying to get it. Throws what node:fs throws. */
	hold(): boolean {
		if (this.#descriptor !== undefined && this.#isAtItsPlace(this.#descriptor)) {
			return true;
		}
		this.release();
		const { O_CREAT, O_RDWR, O_NOFOLLOW } = constants;
		const descriptor = openSync(this.#path, O_CREAT | O_RDWR | O_NOFOLLOW, 0o600);
		// Another may have removed the file and made a new one between the two calls.
		if (loadLibc().flock(descriptor, exclusiveAtOnce) === 0 && this.#isAtItsPlace(descriptor)) {
			this.#descriptor = descriptor;
			return true;
		}
		closeSync(descriptor);
		return false;
	}

	release(): void {
		if (this.#descriptor !== undefined) {
			closeSync(this.#descriptor);
			this.#descriptor = undefined;
		}
	}

	/** A lock on a file that was removed keeps nobody out. */
	#isAtItsPlace(descriptor: number): boolean {
		const there = statSync(this.#path, { throwIfNoEntry: false });
		const ours = fstatSync(descriptor);
		return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
	}
}
