import { err, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean } from "../domain/truth.ts";
import type { Parse } from "../domain/words.ts";
import { type CommandLine, isMissing } from "./command-line.ts";
import { type Flag, flagsByName } from "./flag.ts";

/** How the items of a list are read (`ItemForm` of policy/field.ts). */
interface ListOf<T> {
	readonly parse: Parse<T>;
	readonly parseUsual?: ((text: string) => T[] | undefined) | undefined;
}

/** Reads flags one after the other and remembers every mistake, so that a user sees all of them in one run. */
export class FlagValues {
	readonly problems: Problem[];
	readonly #given: CommandLine["given"];
	readonly #flags: ReadonlyMap<string, Flag>;

	constructor({ given, problems }: Pick<CommandLine, "given" | "problems">, flags: readonly Flag[]) {
		this.problems = [...problems];
		this.#given = given;
		this.#flags = flagsByName(flags);
	}

	isGiven(name: string): boolean {
		return this.#given.has(name);
	}

	/**
	 * The last one given decides, as in pflag, but each has to be right. Falls back on the default; undefined where there
	 * is none.
	 */
	one<T>(name: string, parse: Parse<T>): T | undefined {
		const flag = flagNamed(this.#flags, name);
		const given = this.#given.get(name);
		if (given === undefined && flag.default === "") {
			return undefined;
		}
		const source = `--${name}`;
		if (given === undefined) {
			return this.#valueOf(parse(flag.default, source));
		}
		const known = this.problems.length;
		let value: T | undefined;
		let isEvery = true;
		for (const text of given) {
			if (isMissing(flag, text)) {
				isEvery = false;
			} else {
				value = this.#valueOf(parse(text, source));
			}
		}
		return isEvery && this.problems.length === known ? value : undefined;
	}

	#valueOf<T>(result: Result<T>): T | undefined {
		if (result.ok) {
			return result.value;
		}
		this.problems.push(...result.problems);
		return undefined;
	}

	/** As {@link one}, for a flag without which there is nothing to do. */
	required<T>(name: string, parse: Parse<T>): T | undefined {
		if (!this.isGiven(name)) {
			const { placeholder } = flagNamed(this.#flags, name);
			this.problems.push({
				source: `--${name}`,
				complaint: "is required",
				accepted: `--${name} ${placeholder}`,
			});
			return undefined;
		}
		return this.one(name, parse);
	}

	boolean(name: string): boolean {
		return this.isGiven(name)
			? (this.one(name, parseBoolean) ?? false)
			: flagNamed(this.#flags, name).default === "true";
	}

	/** Items of all occurrences in order, split at commas; blanks around an item do not count. */
	list<T>(name: string, { parse, parseUsual }: ListOf<T>): T[] {
		const flag = flagNamed(this.#flags, name);
		const given = this.#given.get(name);
		if (given === undefined) {
			return [];
		}
		// What is usual in all of them is so in one list, and then nothing has to be put together of several.
		const usual = parseUsual?.(given.join(","));
		if (usual !== undefined) {
			return usual;
		}
		const source = `--${name}`;
		const known = this.problems.length;
		const texts = given.filter((text) => !isMissing(flag, text));
		const values = texts.flatMap((text) => parseUsual?.(text) ?? this.#items(text, source, parse));
		return this.problems.length > known ? [] : values;
	}

	/** Those that are right. */
	#items<T>(text: string, source: string, parse: Parse<T>): T[] {
		const values: T[] = [];
		for (const written of text.split(",")) {
			const result = written.includes('"')
				? parseUnquoted(written, source, parse)
				: parse(written.trim(), source);
			if (result.ok) {
				values.push(result.value);
			} else {
				this.problems.push(...result.problems);
			}
		}
		return values;
	}
}

function flagNamed(flags: ReadonlyMap<string, Flag>, name: string): Flag {
	const flag = flags.get(name);
	if (flag === undefined) {
		throw new Error(`no such flag: ${name}`);
	}
	return flag;
}

/** An item of a list in double quotes (RFC 4180), as the reference program's may be. */
function parseUnquoted<T>(item: string, source: string, parse: Parse<T>): Result<T> {
	const [, quoted] = /^"([^"]*)"$/.exec(item.trim()) ?? [];
	return quoted === undefined
		? err({
				source,
				value: item,
				complaint: "has a stray quotation mark",
				accepted: "a comma-separated list",
			})
		: parse(quoted.trim(), source);
}
