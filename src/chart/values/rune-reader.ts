/** Goes through a `--set` expression; a backslash takes the character behind it for itself. */
export class RuneReader {
	readonly #runes: readonly string[];
	#at = 0;

	constructor(text: string) {
		this.#runes = Array.from(text);
	}

	get atEnd(): boolean {
		return this.#at >= this.#runes.length;
	}

	peek(): string | undefined {
		return this.#runes[this.#at];
	}

	next(): string | undefined {
		return this.#runes[this.#at++];
	}

	rest(): string {
		return this.#runes.slice(this.#at).join("");
	}

	/** Skips so many UTF-16 units of the rest. */
	skip(length: number): void {
		this.#at += Array.from(this.rest().slice(0, length)).length;
	}

	/** Up to one of the stops, which is consumed; without `stop` the end came first. */
	until(stops: string): { readonly text: string; readonly stop: string | undefined } {
		const taken: string[] = [];
		for (;;) {
			const rune = this.next();
			if (rune === undefined) {
				return { text: taken.join(""), stop: undefined };
			}
			if (stops.includes(rune)) {
				return { text: taken.join(""), stop: rune };
			}
			if (rune !== "\\") {
				taken.push(rune);
			} else if (this.atEnd) {
				return { text: taken.join(""), stop: undefined };
			} else {
				taken.push(this.next() ?? "");
			}
		}
	}
}
