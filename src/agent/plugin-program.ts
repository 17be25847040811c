import { mkdirSync, readFileSync, type Stats, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { pluginName } from "./plugin-entry.ts";
import { replaceFile } from "./replace-file.ts";

/** The plugin's program in the folder that runtimes start plugins from. */
export class PluginProgram {
	readonly #source: string;
	readonly #folder: string;
	/** What the file was when it was last found to be the source, byte by byte. */
	#known: string | undefined;

	constructor(source: string, folder: string) {
		this.#source = source;
		this.#folder = folder;
	}

	get path(): string {
		return join(this.#folder, pluginName);
	}

	/**
	 * Makes the file the very program that came with this agent, whichever version is there: true where it had to be
	 * written. Throws what node:fs throws, with the file as it was.
	 */
	install(): boolean {
		const found = statSync(this.path, { throwIfNoEntry: false });
		if (found !== undefined && printOf(found) === this.#known) {
			return false;
		}
		const data = readFileSync(this.#source);
		const isSame = found?.isFile() === true && isRunnable(found) && data.equals(readFileSync(this.path));
		if (!isSame) {
			mkdirSync(this.#folder, { recursive: true });
			replaceFile(this.path, { data, mode: 0o755 });
		}
		this.#known = printOf(statSync(this.path));
		return !isSame;
	}

	/** True where there was one. */
	remove(): boolean {
		if (statSync(this.path, { throwIfNoEntry: false }) === undefined) {
			return false;
		}
		unlinkSync(this.path);
		return true;
	}

	/** Whether there is a program to start, be it another version. */
	isThere(): boolean {
		const found = statSync(this.path, { throwIfNoEntry: false });
		return found?.isFile() === true && isRunnable(found);
	}
}

function isRunnable({ mode }: Stats): boolean {
	return (mode & 0o555) === 0o555;
}

function printOf({ dev, ino, size, mtimeMs, ctimeMs, mode }: Stats): string {
	return [dev, ino, size, mtimeMs, ctimeMs, mode].join(" ");
}
