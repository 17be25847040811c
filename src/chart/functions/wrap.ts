import { utf8Decode, utf8Encode } from "../go/utf8.ts";
import { type FunctionTable, fixed } from "./function.ts";

/** goutils' word wrap. It counts bytes, and the plain space is the only one it knows. */
export const wrapFunctions: FunctionTable = {
	wrap: fixed(["int", "string"], (width, text) => wrap(text, Math.max(width, 1), "\n", false)),
	wrapWith: fixed(["int", "string", "string"], (width, newLine, text) =>
		wrap(text, Math.max(width, 1), newLine === "" ? "\n" : newLine, true),
	),
};

function wrap(text: string, width: number, newLine: string, breaksWords: boolean): string {
	const line = Array.from(utf8Encode(text), (byte) => String.fromCharCode(byte)).join("");
	const lines: string[] = [];
	let at = 0;
	while (line.length - at > width) {
		if (line.charAt(at) === " ") {
			at++;
			continue;
		}
		const { end, next } = lineEnd(line, at, width, breaksWords);
		if (next > line.length) {
			break;
		}
		lines.push(line.slice(at, end));
		at = next;
	}
	lines.push(line.slice(at));
	return lines.map((part) => utf8Decode(Uint8Array.from(part, (char) => char.charCodeAt(0)))).join(newLine);
}

/** Where the line that begins at `at` ends, and where the one after it begins: beyond the text, if there is none. */
function lineEnd(line: string, at: number, width: number, breaksWords: boolean) {
	const space = line.slice(at, at + width + 1).lastIndexOf(" ");
	if (space >= 0) {
		return { end: at + space, next: at + space + 1 };
	}
	if (breaksWords) {
		return { end: at + width, next: at + width };
	}
	const far = line.indexOf(" ", at + width);
	return far < 0 ? { end: line.length, next: line.length + 1 } : { end: far, next: far + 1 };
}
