import type { BackendErrorCode } from "../domain/mode.ts";
import { joinLacks, type Lack } from "./kernel-lack.ts";

export type { BackendErrorCode } from "../domain/mode.ts";

/** What was in the way, of what somebody decides by; no message of ours is read again to find out. */
export type Obstacle =
	/** There is no lock of iptables' to be taken: its folder is missing, read-only or somebody else's. */
	| "no-lock"
	/** Another program has it. */
	| "held-lock"
	/** The rule about a user is not taken, and all others are. */
	| "owner-match"
	/** Chains of our names are there already. */
	| "own-chains";

/** What is known of a failure beside its message. */
export interface Known {
	/** What the kernel lacks, where that is why. */
	readonly lack?: Lack | undefined;
	readonly obstacle?: Obstacle | undefined;
}

/** A failure of the environment while programming rules. The message carries the kernel's or the tool's own words. */
export class BackendError extends Error implements Known {
	override readonly name = "BackendError";
	readonly code: BackendErrorCode;
	readonly lack: Lack | undefined;
	readonly obstacle: Obstacle | undefined;

	/** `known` may be the error that this one says more about. */
	constructor(code: BackendErrorCode, message: string, { lack, obstacle }: Known = {}) {
		super(message);
		this.code = code;
		this.lack = lack;
		this.obstacle = obstacle;
	}
}

/** What is known of several failures together, of one action. */
export function joinKnown(failures: readonly Known[]): Known {
	return {
		lack: joinLacks(failures.map(({ lack }) => lack)),
		obstacle: failures.find(({ obstacle }) => obstacle !== undefined)?.obstacle,
	};
}

/** What an action threw, where that was a failure of the environment; undefined when it threw nothing. */
export function caught(action: () => void): BackendError | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		if (error instanceof BackendError) {
			return error;
		}
		throw error;
	}
}

export function throwIfAny(failure: BackendError | undefined): void {
	if (failure !== undefined) {
		throw failure;
	}
}
