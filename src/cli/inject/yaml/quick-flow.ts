import { setKey } from "./keys.ts";
import type { Node, Pair, ScalarNode } from "./node.ts";
import { plainValue } from "./plain-scalar.ts";
import { code, type QuickLines } from "./quick-lines.ts";
import { readQuoted } from "./quick-scalars.ts";
import { Unusual } from "./unusual.ts";

const maxDepth = 200;
const plainItem = /(?:[\w./$+~]|-(?=[\w.]))[^,[\]{}\n\r\t"']*/y;
const plainKey = /(?:[\w./$]|-(?=[\w.]))[\w./$-]*/y;

/** A `[…]` or `{…}`, whose further lines are further right than `indent`; -1 for the document's root. */
export class QuickFlow {
	readonly #lines: QuickLines;
	readonly #source: string;
	readonly #indent: number;
	#depth = 0;

	constructor(lines: QuickLines, indent: number) {
		this.#lines = lines;
		this.#source = lines.source;
		this.#indent = indent;
	}

	read(start: number): Node {
		switch (this.#source.charCodeAt(start)) {
			case code.openList:
				return this.#within(() => this.#list(start));
			case code.openMap:
				return this.#within(() => this.#map(start));
			case code.doubleQuote:
			case code.singleQuote:
				return readQuoted(this.#source, start);
			default:
				return this.#plain(start);
		}
	}

	#within(read: () => Node): Node {
		this.#depth++;
		if (this.#depth > maxDepth) {
			throw new Unusual();
		}
		const node = read();
		this.#depth--;
		return node;
	}

	#list(start: number): Node {
		const items: Node[] = [];
		let at = this.#pastBlanks(start + 1);
		while (this.#source.charCodeAt(at) !== code.closeList) {
			const item = this.read(at);
			items.push(item);
			at = this.#afterItem(item.end, code.closeList);
		}
		const value = items.map((item) => item.value);
		return { kind: "seq", isFlow: true, start, end: at + 1, items, dashes: [], value };
	}

	#map(start: number): Node {
		const pairs: Pair[] = [];
		const value = {};
		let at = this.#pastBlanks(start + 1);
		while (this.#source.charCodeAt(at) !== code.closeMap) {
			const key = this.#key(at);
			const item = this.read(this.#pastColon(key));
			const name = `${key.value}`;
			setKey(value, name, item.value);
			pairs.push({ name, key, value: item });
			at = this.#afterItem(item.end, code.closeMap);
		}
		return { kind: "map", isFlow: true, start, end: at + 1, pairs, value };
	}

	#key(start: number): ScalarNode {
		const unit = this.#source.charCodeAt(start);
		const key =
			unit === code.doubleQuote || unit === code.singleQuote
				? readQuoted(this.#source, start)
				: this.#match(start, plainKey);
		if (typeof key.value !== "string") {
			throw new Unusual();
		}
		return key;
	}

	/** Behind a key in quotes the colon needs no blank. */
	#pastColon(key: ScalarNode): number {
		const colon = this.#lines.pastSpaces(key.end);
		const behind = colon + 1;
		const isClear = key.style === "double" || /[ \n\r]/.test(this.#source.charAt(behind));
		if (this.#source.charCodeAt(colon) !== code.colon || !isClear) {
			throw new Unusual();
		}
		return this.#pastBlanks(behind);
	}

	#plain(start: number): ScalarNode {
		const node = this.#match(start, plainItem);
		if (/:(?: |$)| #/.test(this.#source.slice(start, node.end))) {
			throw new Unusual();
		}
		return node;
	}

	#match(start: number, pattern: RegExp): ScalarNode {
		pattern.lastIndex = start;
		const text = pattern.exec(this.#source)?.[0].replace(/ +$/, "");
		if (text === undefined) {
			throw new Unusual();
		}
		return { kind: "scalar", style: "plain", start, end: start + text.length, value: plainValue(text) };
	}

	/** Past the comma, or to the closing bracket. */
	#afterItem(end: number, close: number): number {
		const at = this.#pastBlanks(end);
		const unit = this.#source.charCodeAt(at);
		if (unit !== code.comma && unit !== close) {
			throw new Unusual();
		}
		return unit === close ? at : this.#pastBlanks(at + 1);
	}

	/** Over line breaks and comments too. */
	#pastBlanks(from: number): number {
		let at = from;
		for (;;) {
			const unit = this.#source.charCodeAt(at);
			if (unit === code.space || unit === code.tab || unit === code.carriageReturn) {
				at++;
			} else if (unit === code.lineFeed) {
				at = this.#atColumn(at + 1);
			} else if (unit === code.hash && /\s/.test(this.#source.charAt(at - 1))) {
				at = this.#lines.endOfLine(at);
			} else {
				return at;
			}
		}
	}

	#atColumn(line: number): number {
		const at = this.#lines.pastSpaces(line);
		const unit = this.#source.charCodeAt(at);
		const isText = !this.#lines.isEnd(at) && unit !== code.hash;
		if (this.#indent >= 0 && (unit === code.tab || (isText && at - line <= this.#indent))) {
			throw new Unusual();
		}
		return at;
	}
}
