import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { Problem } from "../domain/problem.ts";
import { type TextFlaw, textFlaw } from "../domain/utf8.ts";
import { readAll } from "./node-files.ts";

/** Bytes that are not a text. */
export class NotTextError extends Error {
	override readonly name = "NotTextError";
	readonly flaw: TextFlaw;

	constructor(flaw: TextFlaw) {
		super(`${flaw.complaint} (want ${flaw.accepted})`);
		this.flaw = flaw;
	}
}

/** A file that a user names. Throws what node:fs throws, and {@link NotTextError}. */
export function readTextFile(path: string): string {
	return decodeText(readFileSync(path));
}

/** What a user hands in on standard input. Throws as {@link readTextFile} does. */
export function readTextInput(): string {
	return decodeText(readAll(0));
}

/**
 * Everything that a user writes comes in by here. What is not UTF-8 would be replaced without a word, and the text that
 * we print would be another than the one that we were given. A byte order mark stays: what is edited in place keeps it.
 */
export function decodeText(bytes: Buffer): string {
	const flaw = isUtf8(bytes) && !bytes.includes(0) ? undefined : textFlaw(bytes);
	if (flaw !== undefined) {
		throw new NotTextError(flaw);
	}
	return bytes.toString("utf8");
}

/** Why reading failed, as a mistake in what was named; `accepted` is said of what cannot be read at all. */
export function readingProblem(source: string, error: unknown, accepted: string): Problem {
	if (error instanceof NotTextError) {
		return { source, ...error.flaw };
	}
	const reason = error instanceof Error ? ("code" in error ? error.code : error.message) : error;
	return { source, complaint: `cannot be read (${reason})`, accepted };
}
