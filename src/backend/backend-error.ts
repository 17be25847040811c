/** Why a dialect could not do what was asked. */
export type BackendErrorCode =
	/** A program that speaks the dialect is not installed. */
	| "missing-tool"
	/** The kernel said that we may not. */
	| "not-permitted"
	/** The tool ran and said no. */
	| "refused"
	/** The tool did not come to an end by itself, or could not begin because others held its lock. */
	| "no-answer"
	/** A signal ended the tool, which says something about this tool and nothing about the next. */
	| "crashed"
	/** The tool is there, and the system could not start it: too many processes, descriptors, too little memory. */
	| "not-started";

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
