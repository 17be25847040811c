import {
	accessSync,
	closeSync,
	constants,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	statSync,
	writeSync,
} from "node:fs";
import { hostError } from "./errno.ts";
import { errnoOfThrown } from "./node-errno.ts";

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

/** Whole, also where the other end set the pipe to non-blocking (EAGAIN) or takes only part at a time. */
export function writeAll(descriptor: number, text: string): void {
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; ) {
		at += retrying(() => writeSync(descriptor, bytes, at));
	}
}

export function readAll(descriptor: number): string {
	const chunks: Buffer[] = [];
	for (;;) {
		const chunk = Buffer.allocUnsafe(65_536);
		const length = retrying(() => readSync(descriptor, chunk));
		if (length === 0) {
			return Buffer.concat(chunks).toString("utf8");
		}
		chunks.push(chunk.subarray(0, length));
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
