import { GoMap, list, type Value } from "../go/value.ts";
import { readEntry, readInline } from "./inline-value.ts";
import { type SourceLine, SourceLines } from "./source-lines.ts";
import { Unusual } from "./unusual.ts";

/** Tabs, other line breaks, and documents that begin or end: not what this reads. */
const unusual = /[\t\r\u0085\u2028\u2029\ufeff]|^(?:---|\.\.\.|%)/m;

/**
 * Reads the YAML that charts and manifests are made of: block maps and lists, scalars on one line, literal blocks.
 * Undefined for everything else, which goes to the library: anchors, tags, folded text, keys that are numbers, and
 * everything that is wrong. It is here because the library takes most of the time that rendering takes, and more the
 * first time than ever after; a command line only has a first time.
 */
export function readPlainYaml(text: string): { readonly value: Value } | undefined {
	if (unusual.test(text)) {
		return undefined;
	}
	try {
		const reader = new BlockReader(new SourceLines(text));
		const value = reader.document();
		return { value };
	} catch (error) {
		if (error instanceof Unusual) {
			return undefined;
		}
		throw error;
	}
}

class BlockReader {
	readonly #lines: SourceLines;

	constructor(lines: SourceLines) {
		this.#lines = lines;
	}

	document(): Value {
		const first = this.#lines.peek();
		if (first === undefined) {
			return null;
		}
		const value = this.#block(first);
		if (this.#lines.peek() !== undefined) {
			throw new Unusual();
		}
		return value;
	}

	/** The collection that begins with this line. */
	#block(line: SourceLine): Value {
		return isItem(line) ? this.#list(line.indent) : this.#map(line.indent);
	}

	#map(indent: number): GoMap {
		const map = new GoMap();
		for (;;) {
			const line = this.#lines.peek();
			if (line === undefined || line.indent < indent || (line.indent === indent && isItem(line))) {
				return map;
			}
			const entry = line.indent === indent ? readEntry(line.content) : undefined;
			if (entry === undefined) {
				throw new Unusual();
			}
			this.#lines.next();
			map.entries.set(entry.key, this.#value(entry.rest, indent, true));
		}
	}

	#list(indent: number): Value {
		const items: Value[] = [];
		for (;;) {
			const line = this.#lines.peek();
			if (line === undefined || line.indent < indent || (line.indent === indent && !isItem(line))) {
				return list(items);
			}
			if (line.indent > indent) {
				throw new Unusual();
			}
			items.push(this.#item(line));
		}
	}

	/** What stands behind `- ` is a line of its own further right, if it is the beginning of a collection. */
	#item(line: SourceLine): Value {
		const content = line.content.slice(1).replace(/^ +/, "");
		const indent = line.indent + line.content.length - content.length;
		const inner = { indent, content };
		if (content !== "" && (isItem(inner) || readEntry(content) !== undefined)) {
			this.#lines.replace(inner);
			return this.#block(inner);
		}
		this.#lines.next();
		return this.#value(content, line.indent, false);
	}

	/** A value whose first line has this text left; `indent` is where the collection around it stands. */
	#value(text: string, indent: number, inMap: boolean): Value {
		if (text.startsWith("|")) {
			return this.#literal(text, indent);
		}
		if (/^ *(?:#|$)/.test(text)) {
			return this.#nested(indent, inMap);
		}
		const value = readInline(text);
		const next = this.#lines.peek();
		if (next !== undefined && next.indent > indent) {
			throw new Unusual();
		}
		return value;
	}

	/** What is on the lines below; a list may stand right under its key. */
	#nested(indent: number, inMap: boolean): Value {
		const next = this.#lines.peek();
		const belongs =
			next !== undefined && (next.indent > indent || (inMap && next.indent === indent && isItem(next)));
		return belongs ? this.#block(next) : null;
	}

	#literal(header: string, outer: number): string {
		const match = /^\|([1-9]?)([+-]?) *(?: #.*)?$/.exec(header);
		if (match === null) {
			throw new Unusual();
		}
		const [, hint = "", chomping = ""] = match;
		const lines = this.#literalLines(hint === "" ? undefined : outer + Number(hint), outer);
		const content = lines.slice(0, lastContent(lines) + 1);
		const closed = this.#lines.peekRaw() !== undefined || this.#lines.endsWithBreak;
		if (chomping === "+") {
			return lines.length === 0 ? "" : lines.join("\n") + (closed ? "\n" : "");
		}
		const clips = chomping === "" && content.length > 0 && (closed || content.length < lines.length);
		return content.join("\n") + (clips ? "\n" : "");
	}

	#literalLines(hinted: number | undefined, outer: number): string[] {
		const lines: string[] = [];
		let indent = hinted;
		for (let line = this.#lines.peekRaw(); line !== undefined; line = this.#lines.peekRaw()) {
			if (line.content === "") {
				lines.push(blankLine(line, indent ?? 0));
			} else {
				if (line.indent < (indent ?? outer + 1)) {
					break;
				}
				indent ??= line.indent;
				lines.push(" ".repeat(line.indent - indent) + line.content);
			}
			this.#lines.next();
		}
		return lines;
	}
}

/** Spaces alone, further right than the text, are part of it, or a sign that its indentation is unclear. */
function blankLine(line: SourceLine, indent: number): string {
	if (line.indent > indent) {
		throw new Unusual();
	}
	return "";
}

function isItem({ content }: SourceLine): boolean {
	return content.startsWith("- ") || content === "-";
}

function lastContent(lines: readonly string[]): number {
	return lines.findLastIndex((line) => line !== "");
}
