import type { Problem } from "../domain/problem.ts";
import { mostSimilar } from "../domain/similar.ts";
import { readTruth } from "../domain/truth.ts";
import { otherNamesOf } from "../policy/fields.ts";
import { type Flag, findFlag } from "./flag.ts";

export interface CommandLine {
	/** What was written for each flag, in order; a flag that was not given is absent. */
	readonly given: ReadonlyMap<string, readonly string[]>;
	/** What belongs to no flag, where the program takes that. */
	readonly words: readonly string[];
	/**
	 * What belongs nowhere, or lacks its value. The rest is read all the same, so that its mistakes show too; a value that
	 * is empty or missing stands among those given as an empty one, and FlagValues passes it over.
	 */
	readonly problems: readonly Problem[];
}

/**
 * Splits arguments the way the reference program's flag library (spf13/pflag) does: `--name=value`, `--name value`,
 * `-n value`, `-nvalue`, `-n=value`, booleans bare or with `=`, several one-letter booleans together. Unlike it, an
 * argument that belongs to no flag is a mistake, but to a program that takes `words`; so is an empty value; and all
 * mistakes are found.
 */
export function parseCommandLine(
	argv: readonly string[],
	flags: readonly Flag[],
	program: string,
	takes: "flags" | "words" = "flags",
): CommandLine {
	const reader = new Reader(argv, flags, { help: `"${program} --help"`, takes });
	while (reader.next()) {
		// Each call takes one argument, and its value where that is a separate one.
	}
	const { given, words, problems } = reader;
	const stray = takes === "words" ? [] : words.map((word) => strayWord(word, program));
	return { given, words, problems: [...problems, ...stray] };
}

export function strayWord(value: string, program: string): Problem {
	const accepted = `only flags, as "${program} --help" lists them`;
	return { source: "arguments", value, complaint: "belongs to no flag", accepted };
}

interface Program {
	/** How its help text is asked for. */
	readonly help: string;
	readonly takes: "flags" | "words";
}

/** What is said of one. */
export const emptyValue = "is empty, so the flag has no value";

class Reader {
	readonly given = new Map<string, string[]>();
	readonly words: string[] = [];
	readonly problems: Problem[] = [];
	readonly #flags: readonly Flag[];
	readonly #help: string;
	readonly #takes: "flags" | "words";
	readonly #rest: string[];
	/** A boolean without a value that was just read, as it was written. */
	#bare: string | undefined;

	constructor(argv: readonly string[], flags: readonly Flag[], program: Program) {
		this.#flags = flags;
		this.#help = program.help;
		this.#takes = program.takes;
		this.#rest = [...argv];
	}

	next(): boolean {
		const argument = this.#rest.shift();
		if (argument === undefined) {
			return false;
		}
		const bare = this.#bare;
		this.#bare = undefined;
		if (argument === "--") {
			this.words.push(...this.#rest.splice(0));
		} else if (argument.startsWith("--")) {
			this.#long(argument);
		} else if (argument.startsWith("-") && argument !== "-") {
			this.#short(argument.slice(1));
		} else if (bare !== undefined && this.#isMeantFor(argument)) {
			const complaint = "stands apart from its flag, which is true already";
			const value = readTruth(argument) === undefined ? "false" : argument;
			this.problems.push({ source: bare, value: argument, complaint, accepted: `${bare}=${value}` });
		} else {
			this.words.push(argument);
		}
		return true;
	}

	/** What follows a boolean and is no flag, where it can be nothing else; with words, where it is a truth value. */
	#isMeantFor(argument: string): boolean {
		return this.#takes === "flags" || readTruth(argument) !== undefined;
	}

	#long(argument: string): void {
		const end = argument.indexOf("=");
		const name = end < 0 ? argument.slice(2) : argument.slice(2, end);
		const value = end < 0 ? undefined : argument.slice(end + 1);
		const flag = findFlag(this.#flags, name);
		if (flag === undefined) {
			this.#unknown(`--${name}`, name, value);
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
			this.#unknown(`-${letter}`, letters, after.includes("=") ? after : undefined);
		} else if (after.startsWith("=")) {
			this.#take(flag, after.slice(1));
		} else if (flag.kind === "boolean") {
			this.#takeNext(flag, `-${letter}`);
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
			const accepted = `${written} ${flag.placeholder}`;
			this.problems.push({ source: written, complaint: "has no value", accepted });
			this.#record(flag, "");
			return;
		}
		this.#take(flag, value);
		this.#bare = flag.kind === "boolean" ? written : undefined;
	}

	/** A variable that is not set leaves an empty value behind, and nobody means that. */
	#take(flag: Flag, value: string): void {
		if (isMissing(flag, value)) {
			const source = `--${flag.name}`;
			this.problems.push({ source, value, complaint: emptyValue, accepted: `${source} ${flag.placeholder}` });
		}
		this.#record(flag, value);
	}

	#record(flag: Flag, value: string): void {
		const before = this.given.get(flag.name);
		if (before === undefined) {
			this.given.set(flag.name, [value]);
		} else {
			before.push(value);
		}
	}

	/** What follows it is most likely its value, and no mistake of its own, where what was likely meant takes one. */
	#unknown(source: string, name: string, value: string | undefined): void {
		const [next = "-"] = this.#rest;
		const close = similarFlags(this.#flags, name.replace(/=.*$/s, ""));
		const takesValue = close.some(
			(meant) => (findFlag(this.#flags, meant.slice(2))?.kind ?? "boolean") !== "boolean",
		);
		if (value === undefined && takesValue && !next.startsWith("-")) {
			this.#rest.shift();
		}
		const listed = `flag that ${this.#help} lists`;
		const accepted = close.length === 0 ? `a ${listed}` : `${close.join(", ")} or another ${listed}`;
		this.problems.push({ source, complaint: "is not a flag of this program", accepted });
	}
}

/** A flag where a command has to stand. */
export function strayFlag(written: string, program = "shunt"): Problem {
	return {
		source: written.replace(/=.*/s, ""),
		complaint: "is not a flag of this program",
		accepted: `a command first: "${program} --help" lists them`,
	};
}

/** Whether a value was reported as empty. A boolean's is reported by who reads it, as any other that it cannot be. */
export function isMissing(flag: Flag, value: string): boolean {
	return value.trim() === "" && flag.kind !== "boolean" && flag.emptyIsNone !== true;
}

/** What was likely meant: a name that is nearly the same, or that begins like it. */
function similarFlags(flags: readonly Flag[], written: string): readonly string[] {
	const names = flags.map(({ name }) => name);
	const close = mostSimilar(written, [...names, ...names.flatMap(otherNamesOf), "help"]);
	const begun = written.length < 3 ? [] : names.filter((name) => name.startsWith(written)).slice(0, 3);
	return (close === undefined ? begun : [close]).map((name) => `--${name}`);
}
