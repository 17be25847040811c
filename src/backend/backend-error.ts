import type { BackendErrorCode } from "../domain/mode.ts";

export type { BackendErrorCode } from "../domain/mode.ts";

/** A failure of the environment while programming rules. The message carries the tool's own first line. */
export class BackendError extends Error {
	override readonly name = "BackendError";
	readonly code: BackendErrorCode;

	constructor(code: BackendErrorCode, message: string) {
		super(message);
		this.code = code;
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
