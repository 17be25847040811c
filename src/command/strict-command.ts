import { Command, CommanderError, type Option, type ParseOptionsResult } from "commander";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { formatProblem, ok, type Problem, type Result } from "../domain/problem.ts";
import { type Parse, parseChoice } from "../domain/words.ts";
import { type CommandLine, isMissing, parseCommandLine, strayWord } from "./command-line.ts";
import { type Flag, findFlag } from "./flag.ts";
import { FlagValues } from "./flag-values.ts";
import { wantsHelp } from "./wants.ts";

type Check = (text: string, source: string) => Result<unknown>;

/**
 * A command of commander's, whose arguments are read as those of `shunt init` are: the same spellings, the same words
 * about mistakes, and all of them at once. Commander keeps the declarations, the help texts and what is done.
 */
export class StrictCommand extends Command {
	/** What is wrong with the command line. Whoever collects them has to look at them before doing anything. */
	problems: readonly Problem[] = [];
	#collects = false;
	readonly #checks = new Map<string, Check>();

	constructor(name: string) {
		super(name);
		this.exitOverride().allowExcessArguments();
	}

	/** As the user called it, such as `kubectl shunt check`. */
	get program(): string {
		return `${this.parent?.name() ?? "shunt"} ${this.name()}`;
	}

	/** The command's own work reports {@link problems}, with those that it finds itself. */
	collectProblems(): this {
		this.#collects = true;
		return this;
	}

	/** Values that the command's own work refuses; told of here too where other mistakes keep it from beginning. */
	checkValues(checks: Readonly<Record<string, Check>>): this {
		for (const [name, check] of Object.entries(checks)) {
			this.#checks.set(name, check);
		}
		return this;
	}

	/** Tells what is wrong, under the program's name. */
	refuse(problems: readonly Problem[], write = this.configureOutput().writeErr): ExitCode {
		write?.(formatRefusal(this.program, problems));
		return exitCodes.badInput;
	}

	/** Commander asks this what the arguments are; overridden, so is its way of reading them. */
	override parseOptions(argv: string[]): ParseOptionsResult {
		if (wantsHelp(argv)) {
			return { operands: [], unknown: ["--help"] };
		}
		const flags = this.options.map(flagOf);
		const takes = this.registeredArguments.length === 0 ? "flags" : "words";
		const line = parseCommandLine(argv, flags, this.program, takes);
		const values = new FlagValues(line, flags);
		for (const option of this.options) {
			this.#read(option, line, values);
		}
		this.problems = [...values.problems, ...this.#wordProblems(line.words)];
		if (this.problems.length > 0 && !this.#collects) {
			const all = [...this.problems, ...this.#checkGiven(line, flags)];
			const status = this.refuse(all);
			throw new CommanderError(status, "shunt.refused", "refused, as was said");
		}
		return { operands: [...line.words], unknown: [] };
	}

	#read(option: Option, { given }: CommandLine, values: FlagValues): void {
		const { name, kind } = flagOf(option);
		const texts = given.get(name);
		if (texts === undefined) {
			return;
		}
		const value =
			kind === "list" ? texts.reduce<unknown>(gather(option), undefined) : readOne(option, values);
		if (value !== undefined && value !== false) {
			this.setOptionValueWithSource(option.attributeName(), value, "cli");
		}
	}

	#wordProblems(words: readonly string[]): readonly Problem[] {
		const places = this.registeredArguments;
		const missing = places.slice(words.length).find(({ required }) => required);
		const last = places.at(-1);
		const stray = last === undefined || last.variadic ? [] : words.slice(places.length);
		return [
			...words.flatMap((word, index): Problem[] => {
				const place = places[Math.min(index, places.length - 1)];
				const choice = place?.argChoices && parseChoice(place.argChoices)(word, place.name());
				return choice === undefined || choice.ok || stray.includes(word) ? [] : [...choice.problems];
			}),
			...stray.map((word) => strayWord(word, this.program)),
			...(missing === undefined
				? []
				: [
						{
							source: missing.name(),
							complaint: "is missing",
							accepted: missing.argChoices?.join(", ") ?? `${this.program} ${missing.name()}`,
						},
					]),
		];
	}

	#checkGiven({ given }: CommandLine, flags: readonly Flag[]): readonly Problem[] {
		return [...this.#checks].flatMap(([name, check]) => {
			const flag = findFlag(flags, name);
			return (given.get(name) ?? []).flatMap((text) => {
				const checked = check(text, `--${name}`);
				return checked.ok || flag === undefined || isMissing(flag, text) ? [] : checked.problems;
			});
		});
	}
}

/**
 * What was written for commander's options, each read by its parser, with every mistake in any of them. An option that was
 * not given and has no default is undefined; the values count where there are no mistakes at all.
 */
export function readOptions<T extends object>(
	given: object,
	parsers: { readonly [Key in keyof T]: readonly [flag: string, parse: Parse<T[Key]>] },
): { readonly values: T; readonly problems: readonly Problem[] } {
	const texts = new Map(Object.entries(given).map(([name, text]) => [name.toLowerCase(), text]));
	const read = Object.entries<readonly [string, Parse<unknown>]>(parsers).map(([key, [flag, parse]]) => {
		const text: unknown = texts.get(flag.replaceAll("-", ""));
		return [key, text === undefined ? ok(undefined) : parse(`${text}`, `--${flag}`)] as const;
	});
	return {
		values: Object.fromEntries(read.map(([key, result]) => [key, result.ok ? result.value : undefined])) as T,
		problems: read.flatMap(([, result]) => (result.ok ? [] : result.problems)),
	};
}

/** That servers of one program cannot share a port; each under the flag that says its port. */
export function sharedPorts(used: readonly (readonly [flag: string, port: number])[]): Problem[] {
	return used.flatMap(([source, port], index) => {
		const [other] = used.slice(0, index).find(([, earlier]) => earlier === port) ?? [];
		const complaint = `is the port of ${other} too`;
		return other === undefined || port === undefined
			? []
			: [{ source, value: `${port}`, complaint, accepted: "a port of its own" }];
	});
}

export function formatRefusal(program: string, problems: readonly Problem[]): string {
	return problems.map((problem) => `${program}: ${formatProblem(problem)}\n`).join("");
}

/** Commander's declaration as one of ours. */
function flagOf(option: Option): Flag {
	const [, placeholder = ""] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
	return {
		name: option.name(),
		kind: option.required ? (isGathered(option) ? "list" : "value") : "boolean",
		placeholder: placeholder.toUpperCase(),
		default: "",
		help: option.description,
		...(option.short === undefined ? {} : { short: option.short.slice(1) }),
	};
}

/** The choices of an option are a parser too, to commander. */
function isGathered(option: Option): boolean {
	return option.parseArg !== undefined && option.argChoices === undefined;
}

function gather({ parseArg }: Option) {
	return (before: unknown, text: string): unknown => parseArg?.(text, before);
}

/** A truth value is kept as it is written where the command reads it. */
function readOne(option: Option, values: FlagValues): unknown {
	const name = option.name();
	if (option.argChoices !== undefined) {
		return values.one(name, parseChoice(option.argChoices));
	}
	if (option.required) {
		return values.one(name, asWritten);
	}
	const truth = values.boolean(name);
	return option.optional ? String(truth) : truth;
}

const asWritten = (text: string): Result<string> => ok(text);
