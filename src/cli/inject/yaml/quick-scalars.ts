import type { ScalarNode } from "./node.ts";
import { plainValue } from "./plain-scalar.ts";
import { code, type QuickLines } from "./quick-lines.ts";
import { Unusual } from "./unusual.ts";

/** In quotes of either kind, on one line. */
export function readQuoted(source: string, start: number): ScalarNode {
	return source.charCodeAt(start) === code.doubleQuote
		? readDouble(source, start)
		: readSingle(source, start);
}

function readDouble(source: string, start: number): ScalarNode {
	let at = start + 1;
	let isEscaped = false;
	for (;;) {
		const unit = source.charCodeAt(at);
		if (unit === code.doubleQuote) {
			break;
		}
		if (unit === code.lineFeed || Number.isNaN(unit)) {
			throw new Unusual();
		}
		isEscaped ||= unit === code.backslash;
		at += unit === code.backslash ? 2 : 1;
	}
	const end = at + 1;
	const value = isEscaped ? unescaped(source.slice(start, end)) : source.slice(start + 1, at);
	return { kind: "scalar", style: "double", start, end, value };
}

/** The escapes that JSON and YAML have in common; halves of surrogate pairs are no characters to YAML. */
function unescaped(literal: string): string {
	if (/\\(?:[^nrtbf"\\/u]|u(?![\da-fA-F]{4})|u[dD][89a-fA-F])|\t|\r/.test(literal)) {
		throw new Unusual();
	}
	const value: unknown = JSON.parse(literal);
	return `${value}`;
}

function readSingle(source: string, start: number): ScalarNode {
	let at = start + 1;
	let isDoubled = false;
	for (;;) {
		const quote = source.indexOf("'", at);
		if (quote === -1) {
			throw new Unusual();
		}
		if (source.charCodeAt(quote + 1) !== code.singleQuote) {
			at = quote;
			break;
		}
		isDoubled = true;
		at = quote + 2;
	}
	const text = source.slice(start + 1, at);
	if (text.includes("\n")) {
		throw new Unusual();
	}
	const value = isDoubled ? text.replaceAll("''", "'") : text;
	return { kind: "scalar", style: "single", start, end: at + 1, value };
}

const notPlain = /^[&*!|>%@`?,\]}#"'[{]|^[-:](?: |$)|:(?: |$)|\t/;

/**
 * Without quotes, over as many lines as are further right than `indent`. Leaves the lines behind it and what follows.
 */
export function readPlain(lines: QuickLines, start: number, indent: number): ScalarNode {
	const first = plainLine(lines.source, start, lines.endOfLine(start));
	lines.finishLine(first.end);
	if (lines.indent > indent && first.isCommented) {
		throw new Unusual();
	}
	if (lines.indent <= indent) {
		return { kind: "scalar", style: "plain", start, end: first.end, value: plainValue(first.text) };
	}
	return readContinued(lines, start, { ...first, indent });
}

interface PlainLine {
	readonly text: string;
	readonly end: number;
	readonly isCommented: boolean;
}

function plainLine(source: string, start: number, lineEnd: number): PlainLine {
	const line = source.slice(start, lineEnd);
	const hash = line.indexOf(" #");
	const text = (hash === -1 ? line : line.slice(0, hash)).replace(/ +$/, "");
	if (notPlain.test(text)) {
		throw new Unusual();
	}
	return { text, end: start + text.length, isCommented: hash !== -1 };
}

/** Lines are joined by blanks, and blank lines between them are line breaks. */
function readContinued(
	lines: QuickLines,
	start: number,
	first: PlainLine & { readonly indent: number },
): ScalarNode {
	const { source } = lines;
	let { text, end } = first;
	let blanks = 0;
	let line = lines.nextLine(end);
	for (let isOpen = true; isOpen && line < source.length; line = lines.nextLine(line)) {
		const at = lines.pastSpaces(line);
		if (lines.isEnd(at)) {
			blanks++;
			continue;
		}
		if (at - line <= first.indent) {
			break;
		}
		const next = plainLine(source, at, lines.endOfLine(at));
		text += (blanks === 0 ? " " : "\n".repeat(blanks)) + next.text;
		({ end } = next);
		blanks = 0;
		isOpen = !next.isCommented;
	}
	lines.finishLine(end);
	if (lines.indent > first.indent) {
		throw new Unusual();
	}
	return { kind: "scalar", style: "plain", start, end, value: plainValue(text) };
}
