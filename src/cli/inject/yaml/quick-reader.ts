import type { Json } from "../../../inject/json.ts";
import { setKey } from "./keys.ts";
import type { Node, Pair, ScalarNode } from "./node.ts";
import { plainValue } from "./plain-scalar.ts";
import { readBlockScalar } from "./quick-block-scalar.ts";
import { QuickFlow } from "./quick-flow.ts";
import { code, QuickLines } from "./quick-lines.ts";
import { readPlain, readQuoted } from "./quick-scalars.ts";
import { Unusual } from "./unusual.ts";

const maxDepth = 200;
const plainKey = /(?:[\w./$]|-(?=[\w.]))[\w./$-]*(?: +[\w./$-]+)*/y;

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

class QuickReader {
	readonly #lines: QuickLines;
	readonly #source: string;
	#depth = 0;

	constructor(source: string) {
		this.#lines = new QuickLines(source);
		this.#source = source;
	}

	document(): Node | undefined {
		const lines = this.#lines;
		lines.advance(0);
		if (lines.indent === 0 && this.#source.startsWith("---", lines.at)) {
			lines.finishLine(lines.at + 3);
		}
		if (lines.indent < 0 || this.#isEndMarker()) {
			this.#finish();
			return undefined;
		}
		const unit = this.#source.charCodeAt(lines.at);
		const root =
			unit === code.openMap || unit === code.openList ? this.#flow(lines.at, -1) : this.#block(undefined);
		this.#finish();
		return root;
	}

	#isEndMarker(): boolean {
		return this.#lines.indent === 0 && this.#source.startsWith("...", this.#lines.at);
	}

	#finish(): void {
		if (this.#isEndMarker()) {
			this.#lines.finishLine(this.#lines.at + 3);
		}
		if (this.#lines.indent >= 0) {
			throw new Unusual();
		}
	}

	/** What begins with the line at hand. A scalar may stand below its key, further in; it is no document by itself. */
	#block(outer: number | undefined): Node {
		const { at, indent } = this.#lines;
		if (this.#lines.isDash(at)) {
			return this.#within(() => this.#list(indent));
		}
		const key = this.#key(at);
		if (key !== undefined) {
			return this.#within(() => this.#map(indent, key));
		}
		if (outer === undefined) {
			throw new Unusual();
		}
		return this.#content(at, outer);
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

	#map(indent: number, first: ScalarNode): Node {
		const lines = this.#lines;
		const pairs: Pair[] = [];
		const object: { [key: string]: Json } = {};
		let key: ScalarNode | undefined = first;
		while (key !== undefined) {
			const name = `${key.value}`;
			const value = this.#valueOf(key, indent);
			setKey(object, name, value.value);
			pairs.push({ name, key, value });
			key = lines.indent === indent ? this.#nextKey() : undefined;
		}
		this.#leave(indent);
		const end = pairs.at(-1)?.value.end ?? first.end;
		return { kind: "map", isFlow: false, start: first.start, end, pairs, value: object };
	}

	#nextKey(): ScalarNode | undefined {
		if (this.#isEndMarker()) {
			return undefined;
		}
		const key = this.#key(this.#lines.at);
		if (key === undefined) {
			throw new Unusual();
		}
		return key;
	}

	#list(indent: number): Node {
		const lines = this.#lines;
		const items: Node[] = [];
		const dashes: number[] = [];
		while (lines.indent === indent && lines.isDash(lines.at)) {
			dashes.push(lines.at);
			items.push(this.#item(indent));
		}
		if (lines.indent > indent) {
			throw new Unusual();
		}
		const start = dashes[0] ?? 0;
		const end = items.at(-1)?.end ?? start;
		return {
			kind: "seq",
			isFlow: false,
			start,
			end,
			items,
			dashes,
			value: items.map((item) => item.value),
		};
	}

	/** What stands behind a dash is a line of its own further right, if it is the beginning of a collection. */
	#item(indent: number): Node {
		const lines = this.#lines;
		const behind = lines.at + 1;
		const start = lines.pastSpaces(behind);
		if (lines.isEnd(start) || this.#source.charCodeAt(start) === code.hash) {
			return this.#below(behind, indent, false);
		}
		const column = start - lines.line;
		if (lines.isDash(start)) {
			lines.at = start;
			lines.indent = column;
			return this.#within(() => this.#list(column));
		}
		const key = this.#key(start);
		return key === undefined ? this.#content(start, indent) : this.#within(() => this.#map(column, key));
	}

	/** The value behind a key's colon. */
	#valueOf(key: ScalarNode, indent: number): Node {
		const behind = this.#lines.pastSpaces(key.end) + 1;
		const start = this.#lines.pastSpaces(behind);
		return this.#lines.isEnd(start) || this.#source.charCodeAt(start) === code.hash
			? this.#below(behind, indent, true)
			: this.#content(start, indent);
	}

	/** What is on the lines below; a list may stand right under its key. */
	#below(behind: number, indent: number, isKey: boolean): Node {
		const lines = this.#lines;
		lines.finishLine(behind);
		if (lines.indent > indent) {
			return this.#block(indent);
		}
		return isKey && lines.indent === indent && lines.isDash(lines.at)
			? this.#within(() => this.#list(indent))
			: { kind: "scalar", style: "none", start: behind, end: behind, value: null };
	}

	/** A value that begins here, with the lines below it that are further right than `indent`. */
	#content(start: number, indent: number): Node {
		switch (this.#source.charCodeAt(start)) {
			case code.pipe:
			case code.greater:
				return readBlockScalar(this.#lines, start, indent);
			case code.doubleQuote:
			case code.singleQuote:
				return this.#onItsLine(readQuoted(this.#source, start), indent);
			case code.openList:
			case code.openMap:
				return this.#flow(start, indent);
			default:
				return readPlain(this.#lines, start, indent);
		}
	}

	#flow(start: number, indent: number): Node {
		return this.#onItsLine(new QuickFlow(this.#lines, indent).read(start), indent);
	}

	#onItsLine(node: Node, indent: number): Node {
		this.#lines.finishLine(node.end);
		this.#leave(indent);
		return node;
	}

	#leave(indent: number): void {
		if (indent >= 0 && this.#lines.indent > indent) {
			throw new Unusual();
		}
	}

	/** A key with its colon; undefined where there is none. */
	#key(start: number): ScalarNode | undefined {
		const unit = this.#source.charCodeAt(start);
		const key =
			unit === code.doubleQuote || unit === code.singleQuote
				? readQuoted(this.#source, start)
				: this.#plainKey(start);
		if (key === undefined) {
			return undefined;
		}
		const colon = this.#lines.pastSpaces(key.end);
		const isKey =
			this.#source.charCodeAt(colon) === code.colon &&
			(this.#lines.isEnd(colon + 1) || this.#source.charCodeAt(colon + 1) === code.space);
		if (isKey && (typeof key.value !== "string" || key.end - key.start > maxKey)) {
			throw new Unusual();
		}
		return isKey ? key : undefined;
	}

	#plainKey(start: number): ScalarNode | undefined {
		plainKey.lastIndex = start;
		const text = plainKey.exec(this.#source)?.[0];
		return text === undefined
			? undefined
			: { kind: "scalar", style: "plain", start, end: start + text.length, value: plainValue(text) };
	}
}

/** Longer ones need a question mark. */
const maxKey = 1000;
