import { isUtf8 } from "node:buffer";
import { constants } from "node:os";
import { harmlessLines } from "../domain/harmless.ts";
import { textFlaw } from "../domain/utf8.ts";
import { errnoOf, errnoOfThrown } from "../linux/errno.ts";
import { hostError } from "./errno.ts";
import { readAll, writeAll } from "./node-files.ts";

/**
 * The one way out for every program of ours on Node, but for what servers log (serving/stdout.ts): all is written when
 * this returns, however slow the reader, so that the process may be ended at once; `process.stdout` would still hold
 * what a pipe has not taken. Throws a HostError: whoever waits for a result must not be told that all is well when it was
 * not delivered. A reader that has gone away (EPIPE) counts as well, and in words: what comes out here is applied by
 * others, and `kubectl` that died in the middle is not told from `head` that had enough. Node ignores SIGPIPE, which
 * would end others without a word. Where there is no descriptor at all (`>&-`), Node has put /dev/null in its place
 * before any code of ours runs (PlatformInit in its src/node.cc), for reading and writing, and nothing tells that from
 * what Python's DEVNULL and Node's "ignore" give: as for kubectl, whose runtime does the same, that is no error.
 */
export function writeStandardOutput(text: string): void {
	try {
		writeAll(1, text);
	} catch (thrown) {
		throw hostError("standard output", errnoOfThrown(thrown));
	}
}

/**
 * Lines for people. Never fails: a log that nobody reads is no reason to leave a pod without its rules, or to call a
 * result wrong that is right. Whatever they quote, they do not steer the terminal.
 */
export function writeStandardError(text: string): void {
	try {
		writeAll(2, harmlessLines(text));
	} catch {
		// There is nowhere left to say so.
	}
}

/** All of it, which is text in UTF-8. Throws a HostError. */
export function readStandardInput(): string {
	let bytes: Buffer;
	try {
		bytes = readAll(0);
	} catch (thrown) {
		throw hostError("standard input", errnoOfThrown(thrown));
	}
	const flaw = isUtf8(bytes) ? undefined : textFlaw(bytes);
	if (flaw !== undefined) {
		throw hostError("standard input", { ...errnoOf(constants.errno.EILSEQ), message: flaw.complaint });
	}
	return bytes.toString("utf8");
}
