import type { Problem } from "../domain/problem.ts";
import { type Flag, findFlag } from "./flags.ts";

export interface CommandLine {
	/** What was written for each flag, in order; a flag that was not given is absent. */
	readonly given: ReadonlyMap<string, readonly string[]>;
	/** What belongs to no flag, or lacks its value. The rest is read all the same, so that its mistakes show too. */
	readonly problems: readonly Problem[];
}

/**
 * Splits arguments the way the reference program's flag library (spf13/pflag) does: `--name=value`, `--name value`,
 * `-n value`, `-nvalue`, `-n=value`, booleans bare or with `=`, several one-letter booleans together. Unlike it, an
 * argument that belongs to no flag is a mistake, and all mistakes are found.
 */
export function parseCommandLine(
	argv: readonly string[],
	flags: readonly Flag[],
	program: string,
): CommandLine {
	const reader = new Reader(argv, flags, `see "${program} --help"`);
	while (reader.next()) {
		// Each call takes one argument, and its value where that is a separate one.
	}
	return { given: reader.given, problems: reader.problems };
}

class Reader {
	readonly given = new Map<string, string[]>();
	readonly problems: Problem[] = [];
	readonly #flags: readonly Flag[];
	readonly #help: string;
	readonly #rest: string[];

	constructor(argv: readonly string[], flags: readonly Flag[], help: string) {
		this.#flags = flags;
		this.#help = help;
		this.#rest = [...argv];
	}

	next(): boolean {
		const argument = this.#rest.shift();
		if (argument === undefined) {
			return false;
		}
		if (argument === "--") {
			for (const rest of this.#rest.splice(0)) {
				this.#positional(rest);
			}
		} else if (argument.startsWith("--")) {
			this.#long(argument);
		} else if (argument.startsWith("-") && argument !== "-") {
			this.#short(argument.slice(1));
		} else {
			this.#positional(argument);
		}
		return true;
	}

	#long(argument: string): void {
		const end = argument.indexOf("=");
		const name = end < 0 ? argument.slice(2) : argument.slice(2, end);
		const value = end < 0 ? undefined : argument.slice(end + 1);
		const flag = findFlag(this.#flags, name);
		if (flag === undefined) {
			this.#problem(`--${name}`, undefined, "is not a flag of this program", this.#help);
		} else if (value !== undefined) {
			this.#take(flag, value);
		} else {
			this.#takeNext(flag, `--${name}`);
		}
	}

	#short(letters: string): void {
		const letter = letters.slice(0, 1);
		const after = letters.slice(1);
		const flag = this.#flags.find((candidate) => candidate.short === letter);
		if (flag === undefined) {
			this.#problem(`-${letter}`, undefined, "is not a flag of this program", this.#help);
		} else if (after.startsWith("=")) {
			this.#take(flag, after.slice(1));
		} else if (flag.kind === "boolean") {
			this.#take(flag, "true");
			if (after !== "") {
				this.#short(after);
			}
		} else if (after !== "") {
			this.#take(flag, after);
		} else {
			this.#takeNext(flag, `-${letter}`);
		}
	}

	#takeNext(flag: Flag, written: string): void {
		const value = flag.kind === "boolean" ? "true" : this.#rest.shift();
		if (value === undefined) {
			this.#problem(written, undefined, "has no value", `${written} ${flag.placeholder}`);
		} else {
			this.#take(flag, value);
		}
	}

	#take(flag: Flag, value: string): void {
		const before = this.given.get(flag.name);
		if (before === undefined) {
			this.given.set(flag.name, [value]);
		} else {
			before.push(value);
		}
	}

	#positional(argument: string): void {
		this.#problem("arguments", argument, "belongs to no flag", `only flags; ${this.#help}`);
	}

	#problem(source: string, value: string | undefined, complaint: string, accepted: string): void {
		this.problems.push({ source, complaint, accepted, ...(value === undefined ? {} : { value }) });
	}
}
