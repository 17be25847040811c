import type { Json } from "../inject/json.ts";
import { defineKey, type Node, type Pair, type ScalarNode } from "./node.ts";
import { plainValue } from "./plain-scalar.ts";

/**
 * Reads one document of the YAML that manifests are made of: block maps and lists, flow ones in them, scalars on one
 * line, texts of several lines, comments. Undefined for everything else, which goes to the library: anchors, tags,
 * directives, keys that are numbers, and everything that is wrong. It is here because the library takes thirty times as
 * long, and a cluster's worth of manifests is read, and read again once it is edited. What it reads it reads as the
 * library does, which a property test holds it to.
 */
export function readQuickly(source: string): { readonly root: Node | undefined } | undefined {
	try {
		return { root: new QuickReader(source).document() };
	} catch (error) {
		if (error instanceof Unusual) {
			return undefined;
		}
		throw error;
	}
}

/** The text has something that the quick reader leaves to the library. */
class Unusual extends Error {}

function unusual(): never {
	throw new Unusual();
}

/** Other line breaks than kubectl and we agree about, control characters, byte order marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;
const maxDepth = 200;
/** Longer keys need a question mark. */
const maxKey = 1000;

/** Blank lines and comments. */
const idle = /(?: *(?:#[^\n]*)?\r?\n)*/y;
/** What may stand behind a value on its line. */
const lineEnd = /(?: +#[^\n]*| *\r?)(?:\n|$)/y;
/** The same between brackets, over several lines. */
const flowBlanks = /(?:[ \t\r\n]|(?<=\s)#[^\n]*)*/y;
const flowColon = / *:/y;
const doubleQuoted = /"(?:[^"\\\n]|\\[^\n])*"/y;
const singleQuoted = /'(?:[^'\n]|'')*'(?!')/y;
const plainKey = /(?:[\w./$]|-(?=[\w.]))[\w./$-]*(?: +[\w./$-]+)*/y;
const flowKey = /(?:[\w./$]|-(?=[\w.]))[\w./$-]*/y;
const flowItem = /(?:[\w./$+~]|-(?=[\w.]))[^,[\]{}\n\r\t"']*/y;
const blockHeader = /([|>])([-+]?)(?: +#[^\n]*| *\r?)(?:\n|$)/y;
const trailingComment = / +#/y;
const notPlain = /^[&*!|>%@`?,\]}#"'[{]|^[-:](?: |$)|:(?: |$)|\t/;
/** Escapes that JSON and YAML do not have in common; halves of surrogate pairs are no characters to YAML. */
const oddEscape = /\\(?:[^nrtbf"\\/u]|u(?![\da-fA-F]{4})|u[dD][89a-fA-F])|\t|\r/;

/** A line: where its content begins, how far in, and whether there is any. */
interface Line {
	readonly at: number;
	readonly column: number;
	readonly isBlank: boolean;
}

/** Goes through a text line by line, with the place of the next line that says something. */
class QuickReader {
	readonly #source: string;
	/** Where the content of the line at hand begins; the text's end after the last. */
	#at = 0;
	/** Its column; -1 after the last line. */
	#indent = -1;
	/** Where its line begins. */
	#line = 0;
	#depth = 0;

	constructor(source: string) {
		this.#source = odd.test(source) ? unusual() : source;
	}

	document(): Node | undefined {
		this.#advance(0);
		if (this.#indent === 0 && this.#source.startsWith("---", this.#at)) {
			this.#finishLine(this.#at + 3);
		}
		const isEmpty = this.#indent < 0 || this.#isEndMarker();
		const isFlow = this.#isOneOf("[{", this.#at);
		const root = isEmpty
			? undefined
			: isFlow
				? this.#onItsLine(this.#flow(this.#at, -1), -1)
				: (this.#collection(this.#at, this.#indent) ?? unusual());
		if (this.#isEndMarker()) {
			this.#finishLine(this.#at + 3);
		}
		return this.#indent < 0 ? root : unusual();
	}

	/** A block map or list that begins here, in that column; undefined where none does. */
	#collection(at: number, column: number): Node | undefined {
		if (this.#isMark("-", at)) {
			this.#at = at;
			this.#indent = column;
			return this.#within(() => this.#list(column));
		}
		const key = this.#key(at);
		return key && this.#within(() => this.#map(column, key));
	}

	#map(indent: number, first: ScalarNode): Node {
		const pairs: Pair[] = [];
		const object: { [key: string]: Json } = {};
		for (let key: ScalarNode | undefined = first; key !== undefined; ) {
			this.#addPair(pairs, object, key, this.#behind(this.#pastSpaces(key.end) + 1, indent, true));
			const isNext = this.#indent === indent && !this.#isEndMarker();
			key = isNext ? (this.#key(this.#at) ?? unusual()) : undefined;
		}
		this.#leave(indent);
		const end = pairs.at(-1)?.value.end ?? first.end;
		return { kind: "map", isFlow: false, start: first.start, end, pairs, value: object };
	}

	/** A key that is there already is for the library to report. */
	#addPair(pairs: Pair[], object: { [key: string]: Json }, key: ScalarNode, value: Node): void {
		const name = `${key.value}`;
		if (Object.hasOwn(object, name)) {
			unusual();
		}
		defineKey(object, name, value.value);
		pairs.push({ name, key, value });
	}

	#list(indent: number): Node {
		const items: Node[] = [];
		const dashes: number[] = [];
		while (this.#indent === indent && this.#isMark("-", this.#at)) {
			dashes.push(this.#at);
			items.push(this.#behind(this.#at + 1, indent, false));
		}
		this.#leave(indent);
		const start = dashes[0] ?? 0;
		const end = items.at(-1)?.end ?? start;
		const value = items.map((item) => item.value);
		return { kind: "seq", isFlow: false, start, end, items, dashes, value };
	}

	/** What stands behind a key's colon or a dash, or on the lines below. */
	#behind(behind: number, indent: number, isKey: boolean): Node {
		const start = this.#pastSpaces(behind);
		if (!this.#isEnd(start) && this.#source[start] !== "#") {
			// Behind a dash is a line of its own further right, if it is the beginning of a collection.
			const inner = isKey ? undefined : this.#collection(start, start - this.#line);
			return inner ?? this.#content(start, indent);
		}
		this.#finishLine(behind);
		if (this.#indent > indent) {
			return this.#collection(this.#at, this.#indent) ?? this.#content(this.#at, indent);
		}
		// A list may stand right under its key.
		return isKey && this.#indent === indent && this.#isMark("-", this.#at)
			? this.#within(() => this.#list(indent))
			: { kind: "scalar", style: "none", start: behind, end: behind, value: null };
	}

	/** A value that begins here, with the lines below it that are further right than `indent`. */
	#content(start: number, indent: number): Node {
		if (this.#isOneOf("|>", start)) {
			return this.#blockScalar(start, indent);
		}
		if (this.#isOneOf("\"'", start)) {
			return this.#onItsLine(this.#quoted(start), indent);
		}
		return this.#isOneOf("[{", start)
			? this.#onItsLine(this.#flow(start, indent), indent)
			: this.#plain(start, indent);
	}

	/** A key with its colon; undefined where there is none. */
	#key(start: number): ScalarNode | undefined {
		const key = this.#isOneOf("\"'", start) ? this.#quoted(start) : this.#simple(plainKey, start);
		if (key === undefined || !this.#isMark(":", this.#pastSpaces(key.end))) {
			return undefined;
		}
		return typeof key.value === "string" && key.end - key.start <= maxKey ? key : unusual();
	}

	#simple(pattern: RegExp, start: number): ScalarNode | undefined {
		const text = this.#match(pattern, start)?.replace(/ +$/, "");
		return text === undefined
			? undefined
			: { kind: "scalar", style: "plain", start, end: start + text.length, value: plainValue(text) };
	}

	/** In quotes of either kind, on one line. */
	#quoted(start: number): ScalarNode {
		const isDouble = this.#source[start] === '"';
		const literal = this.#match(isDouble ? doubleQuoted : singleQuoted, start) ?? unusual();
		const style = isDouble ? "double" : "single";
		const inner = literal.slice(1, -1);
		const value = isDouble ? this.#unescaped(literal, inner) : inner.replaceAll("''", "'");
		return { kind: "scalar", style, start, end: start + literal.length, value };
	}

	#unescaped(literal: string, inner: string): string {
		if (!inner.includes("\\")) {
			return inner;
		}
		return oddEscape.test(literal) ? unusual() : `${JSON.parse(literal)}`;
	}

	/** Without quotes, over as many lines as are further right than `indent`. */
	#plain(start: number, indent: number): ScalarNode {
		const first = this.#plainLine(start);
		this.#finishLine(start + first.length);
		const { text, end } =
			this.#indent > indent
				? this.#continued(first, start + first.length, indent)
				: { text: first, end: start + first.length };
		return { kind: "scalar", style: "plain", start, end, value: plainValue(text) };
	}

	/** With the lines below, none of which may follow a comment. */
	#continued(first: string, firstEnd: number, indent: number) {
		const texts = [first];
		let end = firstEnd;
		let last = 1;
		for (const { at, column, isBlank } of this.#lines(this.#nextLine(end))) {
			if (!isBlank && (column <= indent || this.#match(trailingComment, end) !== undefined)) {
				break;
			}
			texts.push(isBlank ? "" : this.#plainLine(at));
			last = isBlank ? last : texts.length;
			end = isBlank ? end : at + (texts.at(-1)?.length ?? 0);
		}
		this.#finishLine(end);
		this.#leave(indent);
		return { text: fold(texts.slice(0, last)), end };
	}

	/** A line's text without a comment and the blanks before it. */
	#plainLine(at: number): string {
		const line = this.#source.slice(at, this.#endOfLine(at));
		const hash = line.indexOf(" #");
		const text = (hash < 0 ? line : line.slice(0, hash)).replace(/ +$/, "");
		return notPlain.test(text) ? unusual() : text;
	}

	/** A text after `|` or `>`, whose lines are further right than `outer`. */
	#blockScalar(start: number, outer: number): ScalarNode {
		blockHeader.lastIndex = start;
		const [header = unusual(), style, chomping] = blockHeader.exec(this.#source) ?? [];
		const { texts, ends } = this.#blockLines(start + header.length, outer);
		const last = texts.findLastIndex((text) => text !== "");
		const content = texts.slice(0, last + 1);
		const keepsBreaks = chomping === "+";
		const end = (keepsBreaks ? ends.at(-1) : ends[last]) ?? start;
		if (last === -1 || (keepsBreaks && this.#source[end - 1] !== "\n")) {
			unusual();
		}
		if (style === ">" && content.some((text) => /^[ \t]/.test(text))) {
			unusual();
		}
		const breaks = chomping === "-" ? 0 : keepsBreaks ? texts.length - last : 1;
		// Also where the text ends without a line break: kubectl gives it one before it reads.
		const value = (style === "|" ? content.join("\n") : fold(content)) + "\n".repeat(breaks);
		this.#advance(end);
		this.#leave(outer);
		return { kind: "scalar", style: "block", start, end, value };
	}

	/** The lines of the text without their indentation, which is that of the first with something on it. */
	#blockLines(start: number, outer: number): { readonly texts: string[]; readonly ends: number[] } {
		const lines: Line[] = [];
		for (const line of this.#lines(start)) {
			if (!line.isBlank && line.column <= outer) {
				break;
			}
			lines.push(line);
		}
		const first = lines.findIndex(({ isBlank }) => !isBlank);
		const { column: indent, at: content } = lines[first] ?? unusual();
		// Blank lines above that are longer say that the indentation is another, and tabs that it is unclear.
		const isUnclear = lines.slice(0, first).some(({ column }) => column > indent);
		if (isUnclear || this.#source[content] === "\t") {
			unusual();
		}
		const end = lines.findIndex(({ column, isBlank }) => !isBlank && column < indent);
		const own = end < 0 ? lines : lines.slice(0, end);
		return {
			texts: own.map(({ at, column }) =>
				column < indent ? "" : this.#source.slice(at - column + indent, this.#endOfLine(at)),
			),
			ends: own.map(({ at }) => this.#nextLine(at)),
		};
	}

	/** An item of a `[…]` or `{…}`, whose further lines are further right than `indent`; -1 for the document's root. */
	#flow(start: number, indent: number): Node {
		if (this.#isOneOf("[{", start)) {
			const isList = this.#source[start] === "[";
			return this.#within(() => (isList ? this.#flowList(start, indent) : this.#flowMap(start, indent)));
		}
		if (this.#isOneOf("\"'", start)) {
			return this.#quoted(start);
		}
		const node = this.#simple(flowItem, start) ?? unusual();
		return /:(?: |$)| #/.test(this.#source.slice(start, node.end)) ? unusual() : node;
	}

	#flowList(start: number, indent: number): Node {
		const items: Node[] = [];
		let at = this.#pastBlanks(start + 1, indent);
		while (this.#source[at] !== "]") {
			const item = this.#flow(at, indent);
			items.push(item);
			at = this.#afterItem(item.end, "]", indent);
		}
		const value = items.map((item) => item.value);
		return { kind: "seq", isFlow: true, start, end: at + 1, items, dashes: [], value };
	}

	#flowMap(start: number, indent: number): Node {
		const pairs: Pair[] = [];
		const value = {};
		let at = this.#pastBlanks(start + 1, indent);
		while (this.#source[at] !== "}") {
			const isQuoted = this.#isOneOf("\"'", at);
			const key = isQuoted ? this.#quoted(at) : (this.#simple(flowKey, at) ?? unusual());
			const behind = key.end + (this.#match(flowColon, key.end) ?? unusual()).length;
			// Behind a key in double quotes the colon needs no blank.
			if (typeof key.value !== "string" || (key.style !== "double" && !this.#isOneOf(" \n\r", behind))) {
				unusual();
			}
			const item = this.#flow(this.#pastBlanks(behind, indent), indent);
			this.#addPair(pairs, value, key, item);
			at = this.#afterItem(item.end, "}", indent);
		}
		return { kind: "map", isFlow: true, start, end: at + 1, pairs, value };
	}

	/** Past the comma, or to the closing bracket. */
	#afterItem(end: number, close: string, indent: number): number {
		const at = this.#pastBlanks(end, indent);
		const character = this.#source[at];
		if (character !== "," && character !== close) {
			unusual();
		}
		return character === close ? at : this.#pastBlanks(at + 1, indent);
	}

	/** Over line breaks and comments too. */
	#pastBlanks(from: number, indent: number): number {
		const blanks = this.#match(flowBlanks, from) ?? "";
		const end = from + blanks.length;
		const [, ...lines] = blanks.split("\n");
		const isShallow =
			(lines.at(-1)?.length ?? Number.POSITIVE_INFINITY) <= indent && end < this.#source.length;
		return indent >= 0 && (isShallow || lines.some((line) => /^ *\t/.test(line))) ? unusual() : end;
	}

	#within(read: () => Node): Node {
		this.#depth++;
		if (this.#depth > maxDepth) {
			unusual();
		}
		const node = read();
		this.#depth--;
		return node;
	}

	#onItsLine(node: Node, indent: number): Node {
		this.#finishLine(node.end);
		if (indent >= 0) {
			this.#leave(indent);
		}
		return node;
	}

	/** Nothing further right may follow. */
	#leave(indent: number): void {
		if (this.#indent > indent) {
			unusual();
		}
	}

	/** Past the end of a value: blanks and perhaps a comment up to the line's end, then on to the next content. */
	#finishLine(end: number): void {
		this.#advance(end + (this.#match(lineEnd, end) ?? unusual()).length);
	}

	/** Goes to the first content at or below the beginning of a line. */
	#advance(lineStart: number): void {
		const line = lineStart + (this.#match(idle, lineStart)?.length ?? 0);
		const at = this.#pastSpaces(line);
		const isOver = at >= this.#source.length || this.#source[at] === "#";
		if (this.#source[at] === "\t") {
			unusual();
		}
		this.#line = line;
		this.#at = isOver ? this.#source.length : at;
		this.#indent = isOver ? -1 : at - line;
	}

	#isEndMarker(): boolean {
		return this.#indent === 0 && this.#source.startsWith("...", this.#at);
	}

	#match(pattern: RegExp, at: number): string | undefined {
		pattern.lastIndex = at;
		return pattern.exec(this.#source)?.[0];
	}

	#pastSpaces(from: number): number {
		let at = from;
		while (this.#source.charCodeAt(at) === 0x20) {
			at++;
		}
		return at;
	}

	/** Whether that character stands there, with a blank or nothing behind it. */
	#isMark(character: "-" | ":", at: number): boolean {
		return this.#source[at] === character && (this.#source[at + 1] === " " || this.#isEnd(at + 1));
	}

	#isOneOf(characters: string, at: number): boolean {
		return at < this.#source.length && characters.includes(this.#source.charAt(at));
	}

	*#lines(start: number): Generator<Line> {
		for (let line = start; line < this.#source.length; line = this.#nextLine(line)) {
			const at = this.#pastSpaces(line);
			yield { at, column: at - line, isBlank: this.#isEnd(at) };
		}
	}

	#nextLine(from: number): number {
		return this.#source.indexOf("\n", from) + 1 || this.#source.length;
	}

	/** Where a line's text ends, without its line break. */
	#endOfLine(from: number): number {
		const feed = this.#source.indexOf("\n", from);
		const end = feed === -1 ? this.#source.length : feed;
		return end > from && this.#source[end - 1] === "\r" ? end - 1 : end;
	}

	#isEnd(at: number): boolean {
		const unit = this.#source.charCodeAt(at);
		return Number.isNaN(unit) || unit === 0x0a || unit === 0x0d;
	}
}

/** Lines are joined by blanks, and blank lines between them are line breaks. */
function fold(texts: readonly string[]): string {
	return texts.join("\n").replace(/(?<=[^\n])\n(\n*)/g, (_, further: string) => further || " ");
}
