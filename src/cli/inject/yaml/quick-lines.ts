import { Unusual } from "./unusual.ts";

export const code = {
	tab: 9,
	lineFeed: 10,
	carriageReturn: 13,
	space: 32,
	doubleQuote: 34,
	hash: 35,
	singleQuote: 39,
	comma: 44,
	dash: 45,
	colon: 58,
	openList: 91,
	backslash: 92,
	closeList: 93,
	openMap: 123,
	pipe: 124,
	closeMap: 125,
	greater: 62,
} as const;

/** Other line breaks than kubectl and we agree about, control characters, byte order marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n)/;

/** A text, gone through line by line, with the place of the next line that says something. */
export class QuickLines {
	readonly source: string;
	/** Where the content of the line at hand begins; the text's end after the last. */
	at = 0;
	/** Its column; -1 after the last line. */
	indent = -1;
	/** Where its line begins. */
	line = 0;

	constructor(source: string) {
		if (odd.test(source)) {
			throw new Unusual();
		}
		this.source = source;
	}

	/** Goes to the first content at or below the beginning of a line. */
	advance(lineStart: number): void {
		const { source } = this;
		let line = lineStart;
		for (;;) {
			const at = this.pastSpaces(line);
			const unit = source.charCodeAt(at);
			if (Number.isNaN(unit)) {
				this.at = source.length;
				this.line = line;
				this.indent = -1;
				return;
			}
			if (unit === code.tab) {
				throw new Unusual();
			}
			if (unit !== code.hash && !this.isBreak(at)) {
				this.at = at;
				this.line = line;
				this.indent = at - line;
				return;
			}
			line = this.nextLine(at);
		}
	}

	/** Past the end of a value: blanks and perhaps a comment up to the line's end, then on to the next content. */
	finishLine(end: number): void {
		const at = this.pastSpaces(end);
		const unit = this.source.charCodeAt(at);
		if (!this.isEnd(at) && (unit !== code.hash || at === end)) {
			throw new Unusual();
		}
		this.advance(this.nextLine(at));
	}

	pastSpaces(from: number): number {
		let at = from;
		while (this.source.charCodeAt(at) === code.space) {
			at++;
		}
		return at;
	}

	nextLine(from: number): number {
		const feed = this.source.indexOf("\n", from);
		return feed === -1 ? this.source.length : feed + 1;
	}

	/** Where a line's text ends, without its line break. */
	endOfLine(from: number): number {
		const feed = this.source.indexOf("\n", from);
		const end = feed === -1 ? this.source.length : feed;
		return end > from && this.source.charCodeAt(end - 1) === code.carriageReturn ? end - 1 : end;
	}

	isBreak(at: number): boolean {
		const unit = this.source.charCodeAt(at);
		return unit === code.lineFeed || unit === code.carriageReturn;
	}

	isEnd(at: number): boolean {
		return at >= this.source.length || this.isBreak(at);
	}

	/** Whether a dash with nothing or a blank behind it stands there. */
	isDash(at: number): boolean {
		return (
			this.source.charCodeAt(at) === code.dash &&
			(this.source.charCodeAt(at + 1) === code.space || this.isEnd(at + 1))
		);
	}
}
