import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import type { CommandLine } from "./command-line.ts";
import { type Flag, findFlag } from "./flags.ts";

/** Reads flags one after the other and remembers every mistake, so that a user sees all of them in one run. */
export class FlagValues {
	readonly problems: Problem[];
	readonly #given: CommandLine["given"];
	readonly #flags: readonly Flag[];

	constructor({ given, problems }: CommandLine, flags: readonly Flag[]) {
		this.problems = [...problems];
		this.#given = given;
		this.#flags = flags;
	}

	isGiven(name: string): boolean {
		return this.#given.has(name);
	}

	/** The last one given decides, but each has to be right. Falls back on the default. */
	one<T>(name: string, parse: (text: string, source: string) => Result<T>): T | undefined {
		const source = `--${name}`;
		const given = this.#given.get(name);
		if (given === undefined) {
			return this.#valueOf(parse(flagNamed(this.#flags, name).default, source));
		}
		const known = this.problems.length;
		let last: T | undefined;
		for (const text of given) {
			last = this.#valueOf(parse(text, source));
		}
		return this.problems.length > known ? undefined : last;
	}

	#valueOf<T>(result: Result<T>): T | undefined {
		if (result.ok) {
			return result.value;
		}
		this.problems.push(...result.problems);
		return undefined;
	}

	/** As {@link one}, for a flag without which there is nothing to do. */
	required<T>(name: string, parse: (text: string, source: string) => Result<T>): T | undefined {
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
		return this.one(name, parseBoolean) ?? false;
	}

	/** Items of all occurrences in order, split at commas; blanks around an item do not count. */
	list<T>(name: string, parse: (text: string, source: string) => Result<T>): T[] {
		const source = `--${name}`;
		const values: T[] = [];
		const known = this.problems.length;
		for (const text of this.#given.get(name) ?? []) {
			for (const written of text.split(",")) {
				const item = unquote(written, source);
				const result = item.ok ? parse(item.value, source) : item;
				if (result.ok) {
					values.push(result.value);
				} else {
					this.problems.push(...result.problems);
				}
			}
		}
		return this.problems.length > known ? [] : values;
	}
}

function flagNamed(flags: readonly Flag[], name: string): Flag {
	const flag = findFlag(flags, name);
	if (flag === undefined) {
		throw new Error(`no such flag: ${name}`);
	}
	return flag;
}

/** The spellings of Go's strconv.ParseBool, which the reference program takes. */
export function parseBoolean(text: string, source: string): Result<boolean> {
	if (yes.has(text) || no.has(text)) {
		return ok(yes.has(text));
	}
	return fail({ source, value: text, complaint: "is not a truth value", accepted: "true or false" });
}

const yes: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const no: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** One of a few words. */
export function parseChoice<T extends string>(choices: readonly T[]) {
	return (text: string, source: string): Result<T> => {
		const choice = choices.find((candidate) => candidate === text);
		return choice !== undefined
			? ok(choice)
			: fail({ source, value: text, complaint: "is not known", accepted: `one of ${choices.join(", ")}` });
	};
}

/** An item of a list, optionally in double quotes (RFC 4180), as the reference program's are. */
function unquote(item: string, source: string): Result<string> {
	const trimmed = item.trim();
	if (!trimmed.includes('"')) {
		return ok(trimmed);
	}
	const [, quoted] = /^"([^"]*)"$/.exec(trimmed) ?? [];
	return quoted === undefined
		? fail({
				source,
				value: item,
				complaint: "has a stray quotation mark",
				accepted: "a comma-separated list",
			})
		: ok(quoted.trim());
}
