/** Text that is not YAML, or YAML that is not a value: what is wrong, and where. */
export class YamlError extends Error {
	override readonly name = "YamlError";
	/** Counted from one. */
	readonly line: number;

	constructor(message: string, line: number) {
		super(message);
		this.line = line;
	}
}
