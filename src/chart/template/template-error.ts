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
	return {
		file: source.name,
		line: before.split("\n").length,
		column: utf8Length(before.slice(lineStart)),
	};
}

/** A template that cannot be parsed or executed: what is wrong, where, and in which expression. */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
	readonly location: Location;
	/** The expression as Go would print it; absent where the text could not even be read. */
	readonly expression: string | undefined;
	/** Where the template was included from, innermost first. */
	readonly via: readonly Location[];
	/** `fail`: the message is the chart author's and speaks to the user. */
	readonly deliberate: boolean;

	constructor(message: string, location: Location, extra: TemplateErrorExtra = {}) {
		super(message);
		this.location = location;
		this.expression = extra.expression;
		this.via = extra.via ?? [];
		this.deliberate = extra.deliberate ?? false;
	}

	/** The same error, seen from one include further out. */
	includedAt(location: Location): TemplateError {
		return new TemplateError(this.message, this.location, {
			...(this.expression === undefined ? {} : { expression: this.expression }),
			via: [...this.via, location],
			deliberate: this.deliberate,
		});
	}
}

interface TemplateErrorExtra {
	readonly expression?: string;
	readonly via?: readonly Location[];
	readonly deliberate?: boolean;
}

export function syntaxError(source: Source, offset: number, message: string): TemplateError {
	return new TemplateError(message, locate(source, offset));
}
