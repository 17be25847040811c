import {
	accessSync,
	chmodSync,
	closeSync,
	constants,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errnoOfThrown } from "../linux/errno.ts";
import { hostError } from "./errno.ts";
import { HostError } from "./host.ts";

export function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

export function readText(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

export function listFolder(path: string): string[] | undefined {
	try {
		return readdirSync(path);
	} catch {
		return undefined;
	}
}

export function identify(path: string): string | undefined {
	try {
		const { dev, ino } = statSync(path, { bigint: true });
		return `${dev}:${ino}`;
	} catch {
		return undefined;
	}
}

/** Without O_CREAT: most of what we write to is under /proc/sys, where a wrong name must not become a new file. */
export function replaceText(path: string, text: string): void {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
		writeAll(descriptor, text);
	} catch (thrown) {
		throw hostError(path, errnoOfThrown(thrown));
	} finally {
		if (descriptor !== undefined) {
			closeSync(descriptor);
		}
	}
}

/** In one write(2), which the kernel does whole or, on a disk that is full, in part. */
export function appendText(path: string, text: string): void {
	const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
	let descriptor: number | undefined;
	try {
		descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
		writeSync(descriptor, text);
	} catch (thrown) {
		throw hostError(path, errnoOfThrown(thrown));
	} finally {
		if (descriptor !== undefined) {
			closeSync(descriptor);
		}
	}
}

/**
 * A file of our own making: whole, or as it was before. A disk that fills up must leave nothing that looks like a result.
 * Throws a HostError that says what is in the way, and of which folder where it is not the file's own fault.
 */
export function writeWhole(path: string, text: string): void {
	try {
		replaceWhole(path, text);
	} catch (thrown) {
		throw thrown instanceof HostError ? thrown : new HostError("failed", errnoOfThrown(thrown).message);
	}
}

function replaceWhole(path: string, text: string): void {
	const before = statSync(path, { throwIfNoEntry: false });
	if (before !== undefined && !before.isFile()) {
		// A device or a pipe, which nothing can be put in place of.
		writeNew(path, text);
		return;
	}
	const place = before === undefined ? path : realpathSync(path);
	// Not the file's name and more, which might be too long for one.
	const aside = join(dirname(place), `.shunt-${process.pid}.part`);
	makeAside(aside);
	try {
		writeNew(aside, text);
		if (before !== undefined) {
			chmodSync(aside, before.mode);
		}
		renameSync(aside, place);
	} catch (thrown) {
		rmSync(aside, { force: true });
		throw thrown;
	}
}

/** Nobody gave us this file's name: what is said is said of its folder. */
function makeAside(aside: string): void {
	try {
		closeSync(openSync(aside, "wx"));
	} catch (thrown) {
		throw hostError(`its folder ${dirname(aside)}`, errnoOfThrown(thrown));
	}
}

function writeNew(path: string, text: string): void {
	const descriptor = openSync(path, "w");
	try {
		writeAll(descriptor, text);
	} finally {
		closeSync(descriptor);
	}
}

/** A text is encoded by the piece, so that one of a hundred megabytes is not in memory twice. */
const pieceLength = 1024 * 1024;

/** Whole, also where the other end set the pipe to non-blocking (EAGAIN) or takes only part at a time. */
export function writeAll(descriptor: number, text: string): void {
	for (let from = 0; from < text.length; ) {
		const to = pieceEnd(text, from);
		const bytes = Buffer.from(text.slice(from, to));
		for (let at = 0; at < bytes.length; ) {
			at += retrying(() => writeSync(descriptor, bytes, at));
		}
		from = to;
	}
}

/** Never between the two halves of a character. */
function pieceEnd(text: string, from: number): number {
	const end = from + pieceLength;
	const last = text.charCodeAt(end - 1);
	return end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** To the end, or as far as it takes to know that there is more than `limit` bytes: then one chunk more than that at most. */
export function readAll(descriptor: number, limit = Number.POSITIVE_INFINITY): Buffer {
	const chunks: Buffer[] = [];
	for (let total = 0; ; ) {
		const chunk = Buffer.allocUnsafe(65_536);
		const length = retrying(() => readSync(descriptor, chunk));
		chunks.push(chunk.subarray(0, length));
		total += length;
		if (length === 0 || total > limit) {
			return Buffer.concat(chunks);
		}
	}
}

/** Node has no poll(2); a pipe that we share with a reader at its own pace is worth a millisecond's sleep. */
function retrying<Value>(operation: () => Value): Value {
	for (;;) {
		try {
			return operation();
		} catch (thrown) {
			if (errnoOfThrown(thrown).name !== "EAGAIN") {
				throw thrown;
			}
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
		}
	}
}
