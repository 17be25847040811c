/** One line of a YAML text. */
export interface SourceLine {
	/** Spaces before the content. */
	readonly indent: number;
	/** What follows them, up to the line feed. */
	readonly content: string;
}

/** The lines of a text, gone through from the first to the last. */
export class SourceLines {
	readonly #lines: SourceLine[];
	/** False where the last line has no line feed. */
	readonly endsWithBreak: boolean;
	#at = 0;

	constructor(text: string) {
		const lines = text.split("\n");
		this.endsWithBreak = lines.at(-1) === "";
		if (this.endsWithBreak) {
			lines.pop();
		}
		this.#lines = lines.map((line) => {
			const indent = line.search(/[^ ]|$/);
			return { indent, content: line.slice(indent) };
		});
	}

	/** The next line with something on it, blank lines and comments skipped, without moving past it. */
	peek(): SourceLine | undefined {
		while (isBlankOrComment(this.#lines[this.#at])) {
			this.#at++;
		}
		return this.#lines[this.#at];
	}

	/** The next line whatever it is. */
	peekRaw(): SourceLine | undefined {
		return this.#lines[this.#at];
	}

	next(): void {
		this.#at++;
	}

	/** Takes the line that comes next for one that begins further right: what follows a `- `. */
	replace(line: SourceLine): void {
		this.#lines[this.#at] = line;
	}
}

function isBlankOrComment(line: SourceLine | undefined): boolean {
	return line !== undefined && (line.content === "" || line.content.startsWith("#"));
}
