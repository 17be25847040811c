/** A `--set` expression that cannot be read. */
export class SetError extends Error {
	override readonly name = "SetError";
}
