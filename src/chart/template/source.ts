import { utf8Length } from "../go/utf8.ts";

/** The text of one template file, or of one `tpl` call. */
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
