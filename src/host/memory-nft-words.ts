/** What nft, or the kernel behind it, says about an input that it refuses. */
export class NftComplaint extends Error {
	override readonly name = "NftComplaint";
}

/** The fake kernel's "no", in nft's words for its errno. */
export function refused(why: "exists" | "missing" | "busy" | "unsupported"): NftComplaint {
	const words = {
		exists: "File exists",
		missing: "No such file or directory",
		busy: "Device or resource busy",
		unsupported: "Operation not supported",
	};
	return new NftComplaint(`Could not process rule: ${words[why]}`);
}

/** The words of an input for nft, read one after the other. A line's end is a word, since it ends a statement. */
export class NftWords {
	readonly #words: readonly string[];
	#at = 0;

	constructor(input: string) {
		const words = input.match(/#[^\n]*|"[^"\n]*"|[=!]=|[\n;{},=]|[^\s;{},="#]+|"/g) ?? [];
		this.#words = words.filter((word) => !word.startsWith("#"));
	}

	/** The line that is being read. */
	get line(): number {
		return this.#words.slice(0, this.#at).filter((word) => word === "\n").length + 1;
	}

	/** Empty at the end. */
	get next(): string {
		return this.#words[this.#at] ?? "";
	}

	take(): string {
		const word = this.next;
		this.#at++;
		return word;
	}

	/** Whether the next word is this one, which is then taken. */
	takes(word: string): boolean {
		const isNext = this.next === word && word !== "";
		this.#at += isNext ? 1 : 0;
		return isNext;
	}

	expect(word: string): void {
		if (!this.takes(word)) {
			throw this.unexpected();
		}
	}

	/** A name: of a table, a chain, a family. */
	name(): string {
		if (!/^[\w/.-]+$/.test(this.next)) {
			throw this.unexpected();
		}
		return this.take();
	}

	unexpected(): NftComplaint {
		const what = { "": "end of file", "\n": "newline", ";": "semicolon" }[this.next] ?? `'${this.next}'`;
		return new NftComplaint(`syntax error, unexpected ${what}`);
	}

	get isAtBreak(): boolean {
		return this.next === "\n" || this.next === ";" || this.next === "";
	}

	skipBreaks(): void {
		while (this.next !== "" && this.isAtBreak) {
			this.take();
		}
	}

	skipLines(): void {
		while (this.next === "\n") {
			this.take();
		}
	}

	/** What stands in braces, statement by statement. nft wants a break behind each. */
	block(statement: () => void): void {
		this.expect("{");
		for (this.skipBreaks(); !this.takes("}"); this.skipBreaks()) {
			statement();
			if (!this.isAtBreak) {
				throw this.unexpected();
			}
		}
	}
}
