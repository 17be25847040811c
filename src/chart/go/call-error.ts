/**
 * A template function that cannot answer. Whoever called it adds where and with which expression; the message alone
 * is what Go's counterpart says, or what this renderer does not do.
 */
export class CallError extends Error {
	override readonly name = "CallError";
}

/** The chart's author gave up, by `fail` or `required`: the message is meant for the user as it is. */
export class DeliberateFailure extends CallError {}
