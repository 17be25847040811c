import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
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

/**
 * Bytes of the longest text that is read: half of what V8 can hold as one string (2^29 - 24 characters), and far more than
 * all manifests of a large cluster have. What never ends, such as /dev/zero, would else fill the memory.
 */
export const longestText = 256 * 1024 * 1024;

/** A file that a user names. Throws what node:fs throws, and {@link NotTextError}. */
export function readTextFile(path: string): string {
	const descriptor = openSync(path, "r");
	try {
		const status = fstatSync(descriptor);
		refuseLonger(status.size);
		// The files of /proc say that they are empty, and others have no size.
		const isSized = status.isFile() && status.size > 0;
		return decodeText(isSized ? readFileSync(descriptor) : readAll(descriptor, longestText));
	} finally {
		closeSync(descriptor);
	}
}

/** What a user hands in on standard input. Throws as {@link readTextFile} does. */
export function readTextInput(): string {
	return decodeText(readAll(0, longestText));
}

/**
 * Everything that a user writes comes in by here. What is not UTF-8 would be replaced without a word, and the text that
 * we print would be another than the one that we were given. A byte order mark stays: what is edited in place keeps it.
 */
export function decodeText(bytes: Buffer): string {
	refuseLonger(bytes.length);
	const flaw = isUtf8(bytes) && !bytes.includes(0) ? undefined : (derFlaw(bytes) ?? textFlaw(bytes));
	if (flaw !== undefined) {
		throw new NotTextError(flaw);
	}
	return bytes.toString("utf8");
}

/** The form of certificates and keys that is no text: one sequence with a length of two bytes, which is all that there is. */
function derFlaw(bytes: Buffer): TextFlaw | undefined {
	return bytes.length > 4 && bytes.readUInt16BE(0) === 0x3082 && bytes.readUInt16BE(2) === bytes.length - 4
		? {
				complaint: "is in DER",
				accepted:
					'PEM, as "openssl x509 -inform der -in FILE" writes a certificate and "openssl pkey -inform der -in FILE" a key',
			}
		: undefined;
}

function refuseLonger(length: number): void {
	if (length > longestText) {
		const complaint = `is longer than ${longestText / 1024 / 1024} MiB`;
		throw new NotTextError({ complaint, accepted: "less, or several files" });
	}
}

/** Why reading failed, as a mistake in what was named; `accepted` is said of what cannot be read at all. */
export function readingProblem(source: string, error: unknown, accepted: string): Problem {
	if (error instanceof NotTextError) {
		return { source, ...error.flaw };
	}
	const reason = error instanceof Error ? ("code" in error ? error.code : error.message) : error;
	return { source, complaint: `cannot be read (${reason})`, accepted };
}
