import { utf8Length } from "../go/text.ts";

/** The text of one template file. */
export interface Source {
	/** Such as `demo/templates/service.yaml`. */
	readonly name: string;
	readonly text: string;
}

export interface Location {
	readonly file: string;
	/** Counted from one. */
	readonly line: number;
	/** Bytes before it in its line, as Go's messages have it. */
	readonly column: number;
}

export function locate(source: Source, offset: number): Location {
	const before = source.text.slice(0, offset);
	const lineStart = before.lastIndexOf("\n") + 1;
	return { file: source.name, line: before.split("\n").length, column: utf8Length(before.slice(lineStart)) };
}

/** A template that cannot be parsed or executed: what is wrong, where, and in which expression. */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
	readonly location: Location;
	/** The expression as Go would print it; absent where the text could not even be read. */
	readonly expression: string | undefined;
	/** Where the template was included from, innermost first. */
	readonly via: Location[] = [];
	/** `fail`: the message is the chart author's and speaks to the user. */
	readonly deliberate: boolean;

	constructor(message: string, location: Location, expression?: string, deliberate = false) {
		super(message);
		this.location = location;
		this.expression = expression;
		this.deliberate = deliberate;
	}

	/** The same error, seen from one include further out. */
	includedAt(location: Location): this {
		this.via.push(location);
		return this;
	}
}

export function syntaxError(source: Source, offset: number, message: string): TemplateError {
	return new TemplateError(message, locate(source, offset));
}
