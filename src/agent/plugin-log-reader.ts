import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, unlinkSync } from "node:fs";
import { codeOf } from "./configuration-folder.ts";

/** More than that in one go would be a plugin gone mad; the rest of the file is dropped, and that is said. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Takes the lines that plugins append to a file. The file is renamed, read, and removed at the next look: a plugin that
 * opened it before writes what it has to say within that time. So it stays small, and no line is told twice by an agent
 * that has just started.
 */
export class PluginLogReader {
	readonly #path: string;
	/** How far the renamed file is read. */
	#offset = 0;

	constructor(path: string) {
		this.#path = path;
	}

	/** The lines that are new. Throws what node:fs throws, but for files that are not there. */
	take(): readonly string[] {
		const taken = `${this.#path}.taken`;
		const late = this.#read(taken, this.#offset);
		if (late !== undefined) {
			unlinkSync(taken);
			this.#offset = 0;
		}
		const lines = late === undefined ? [] : linesOf(late.text);
		if ((sizeOf(this.#path) ?? 0) === 0) {
			return lines;
		}
		renameSync(this.#path, taken);
		const fresh = this.#read(taken, 0);
		this.#offset = fresh?.end ?? 0;
		return [...lines, ...linesOf(fresh?.text ?? "")];
	}

	#read(path: string, from: number): { readonly text: string; readonly end: number } | undefined {
		let descriptor: number;
		try {
			descriptor = openSync(path, "r");
		} catch (error) {
			if (codeOf(error) === "ENOENT") {
				return undefined;
			}
			throw error;
		}
		try {
			const end = fstatSync(descriptor).size;
			const buffer = Buffer.alloc(Math.max(0, Math.min(end - from, mostBytes)));
			readSync(descriptor, buffer, 0, buffer.length, from);
			const isCut = end - from > mostBytes;
			return {
				text: `${buffer}${isCut ? `\n(${end - from - mostBytes} bytes more were dropped)` : ""}`,
				end,
			};
		} finally {
			closeSync(descriptor);
		}
	}
}

function linesOf(text: string): readonly string[] {
	return text.split("\n").filter((line) => line !== "");
}

function sizeOf(path: string): number | undefined {
	return statSync(path, { throwIfNoEntry: false })?.size;
}
