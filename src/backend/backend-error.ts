import type { BackendErrorCode } from "../domain/mode.ts";
import type { Lack } from "./kernel-lack.ts";

export type { BackendErrorCode } from "../domain/mode.ts";

/** A failure of the environment while programming rules. The message carries the kernel's or the tool's own words. */
export class BackendError extends Error {
	override readonly name = "BackendError";
	readonly code: BackendErrorCode;
	/** What the kernel lacks, where that is known to be why. */
	readonly lack: Lack | undefined;

	constructor(code: BackendErrorCode, message: string, lack?: Lack) {
		super(message);
		this.code = code;
		this.lack = lack;
	}
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
