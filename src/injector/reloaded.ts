import { readFile } from "node:fs/promises";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { decodeText, readingProblem } from "../host/node-text.ts";

/** Files that make one value together. */
export interface Source<T> {
	/** In logs and metrics. */
	readonly name: string;
	readonly paths: readonly string[];
	readonly parse: (texts: readonly string[]) => Result<T>;
}

export interface ReloadObserver<T> {
	readonly changed: (value: T) => void;
	readonly refused: (problems: readonly Problem[]) => void;
}

/**
 * A value from files that may change. One that cannot be used leaves the last good one in force.
 *
 * Somebody may know what the files will hold before they do ({@link Reloaded.tell}). While that somebody is heard the files are
 * not followed, as they may be older; after that, once they change ({@link Reloaded.fallBack}).
 */
export class Reloaded<T> {
	readonly source: Source<T>;
	/** What was last tried, and what the files last held. */
	#seen: string;
	#inFiles: string;
	#isTold = false;
	#value: T;
	#checking: Promise<void> | undefined;

	private constructor(source: Source<T>, { seen, value }: Snapshot<T>) {
		this.source = source;
		this.#seen = seen;
		this.#inFiles = seen;
		this.#value = value;
	}

	/** There is no last good one at the beginning. */
	static async load<T>(source: Source<T>): Promise<Result<Reloaded<T>>> {
		const texts = await readAll(source.paths);
		const parsed = texts.ok ? source.parse(texts.value) : texts;
		return parsed.ok ? ok(new Reloaded(source, { seen: fingerprint(texts), value: parsed.value })) : parsed;
	}

	get value(): T {
		return this.#value;
	}

	/** Level-triggered: compares what is there with what was, and never runs twice at once. */
	check(observer: ReloadObserver<T>): Promise<void> {
		this.#checking ??= this.#check(observer).finally(() => {
			this.#checking = undefined;
		});
		return this.#checking;
	}

	/** What the files hold by now or will hold soon, one text for each. */
	tell(texts: readonly string[], observer: ReloadObserver<T>): void {
		this.#isTold = true;
		this.#take(ok(texts), observer);
	}

	/** Nobody tells any more. */
	fallBack(): void {
		this.#isTold = false;
	}

	async #check(observer: ReloadObserver<T>): Promise<void> {
		const texts = await readAll(this.source.paths);
		const inFiles = fingerprint(texts);
		if (inFiles !== this.#inFiles) {
			this.#inFiles = inFiles;
			if (!this.#isTold) {
				this.#take(texts, observer);
			}
		}
	}

	#take(texts: Result<readonly string[]>, { changed, refused }: ReloadObserver<T>): void {
		const seen = fingerprint(texts);
		if (seen === this.#seen) {
			return;
		}
		// Also what is refused has been seen: complaining about it once is enough.
		this.#seen = seen;
		const parsed = texts.ok ? this.source.parse(texts.value) : texts;
		if (parsed.ok) {
			this.#value = parsed.value;
			changed(parsed.value);
		} else {
			refused(parsed.problems);
		}
	}
}

interface Snapshot<T> {
	readonly seen: string;
	readonly value: T;
}

function fingerprint(texts: Result<readonly string[]>): string {
	return JSON.stringify(texts);
}

async function readAll(paths: readonly string[]): Promise<Result<string[]>> {
	const texts: string[] = [];
	const problems: Problem[] = [];
	for (const path of paths) {
		try {
			texts.push(decodeText(await readFile(path)));
		} catch (error) {
			problems.push(readingProblem(path, error, "a readable file"));
		}
	}
	return problems.length > 0 ? err(...problems) : ok(texts);
}
