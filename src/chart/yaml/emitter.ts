/** Beyond this column go-yaml breaks a line at the next single space. */
export const bestWidth = 80;

/**
 * The end of the text written so far, with what libyaml remembers of it: whether a space is still due, and whether
 * there has been nothing but indentation on this line.
 */
export class Emitter {
	readonly #chunks: string[] = [];
	#column = 0;
	whitespace = true;
	indention = true;

	get column(): number {
		return this.#column;
	}

	toString(): string {
		return this.#chunks.join("");
	}

	/** Text without line breaks. Every character counts as one column. */
	put(text: string): void {
		this.#chunks.push(text);
		this.#column += text.length;
	}

	breakLine(char = "\n"): void {
		this.#chunks.push(char);
		this.#column = 0;
	}

	/** Moves to this column, on a new line unless this one holds only indentation so far. */
	indent(column: number): void {
		const taken = this.#column > column || (this.#column === column && !this.whitespace);
		if (!this.indention || taken) {
			this.breakLine();
		}
		this.put(" ".repeat(Math.max(column - this.#column, 0)));
		this.whitespace = true;
		this.indention = true;
	}

	/** `-`, `?` and `:` where they begin a line let what follows stay on it. */
	indicator(text: string, after: { readonly whitespace?: boolean; readonly indention?: boolean } = {}): void {
		this.put(text);
		this.whitespace = after.whitespace ?? false;
		this.indention = this.indention && (after.indention ?? false);
	}

	/** A space, where the last thing was not one. */
	separate(): void {
		if (!this.whitespace) {
			this.put(" ");
		}
	}

	/** After a scalar. */
	finishWord(): void {
		this.whitespace = false;
		this.indention = false;
	}
}
