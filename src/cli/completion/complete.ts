/** What a shell may offer in place of the last word. */
interface Completion {
	readonly candidates: readonly Candidate[];
	/** Files and folders fit as well. */
	readonly wantsFiles: boolean;
}

interface Candidate {
	readonly text: string;
	readonly description: string;
}

/** `words` is what stands after the program's name, up to the cursor; the last is being written and may be empty. */
export function complete(program: CommandShape, words: readonly string[]): Completion {
	const current = words.at(-1) ?? "";
	const { command, pending, isAfterDashes } = walk(program, words.slice(0, -1));
	if (pending !== undefined) {
		return valuesOf(pending, current);
	}
	const [, flagName, written] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
	if (flagName !== undefined && !isAfterDashes) {
		const flag = command.flags.find(({ names }) => names.includes(flagName));
		return valuesOf(flag?.value ?? { kind: "other" }, written ?? "", `${flagName}=`);
	}
	if (current.startsWith("-") && !isAfterDashes) {
		return startingWith(current, command.flags.flatMap(candidatesOf));
	}
	const commands = command.commands.map(({ name, description }) => ({ text: name, description }));
	return commands.length > 0 ? startingWith(current, commands) : valuesOf(command.argument, current);
}

interface Place {
	readonly command: CommandShape;
	/** What the last word is the value of; undefined where it belongs to no flag. */
	readonly pending: ValueShape | undefined;
	readonly isAfterDashes: boolean;
}

/** Where one stands after these words. */
function walk(program: CommandShape, words: readonly string[]): Place {
	let place: Place = { command: program, pending: undefined, isAfterDashes: false };
	for (const word of words) {
		place = step(place, word);
	}
	return place;
}

function step(place: Place, word: string): Place {
	if (place.pending !== undefined) {
		return { ...place, pending: undefined };
	}
	if (place.isAfterDashes || word === "--") {
		return { ...place, isAfterDashes: true };
	}
	if (word.startsWith("-")) {
		return { ...place, pending: place.command.flags.find(({ names }) => names.includes(word))?.value };
	}
	const next = place.command.commands.find(({ name }) => name === word);
	return next === undefined ? place : { ...place, command: next };
}

function candidatesOf({ names, description }: FlagShape): Candidate[] {
	return names.map((text) => ({ text, description }));
}

function valuesOf(value: ValueShape, current: string, prefix = ""): Completion {
	if (value.kind !== "choices") {
		return { candidates: [], wantsFiles: value.kind === "files" };
	}
	const candidates = value.choices.map((choice) => ({ text: `${prefix}${choice}`, description: "" }));
	return startingWith(`${prefix}${current}`, candidates);
}

function startingWith(current: string, candidates: readonly Candidate[]): Completion {
	return { candidates: candidates.filter(({ text }) => text.startsWith(current)), wantsFiles: false };
}

/**
 * As programs made with Go's cobra answer their `__complete`, which kubectl reads too: a candidate on each line, a tab
 * before its description, and a number that says what else the shell may do: 0 offer files, 4 nothing.
 */
export function formatCompletion({ candidates, wantsFiles }: Completion): string {
	const lines = candidates.map(({ text, description }) =>
		description === "" ? text : `${text}\t${description}`,
	);
	return [...lines, wantsFiles ? ":0" : ":4", ""].join("\n");
}

/** What can be written after a program's name: as much of a command line as a shell completes. */
export interface CommandShape {
	readonly name: string;
	readonly description: string;
	readonly flags: readonly FlagShape[];
	readonly commands: readonly CommandShape[];
	readonly argument: ValueShape;
}

export interface FlagShape {
	/** With its dashes. */
	readonly names: readonly string[];
	readonly description: string;
	/** Undefined where it takes no value of its own, as a boolean does. */
	readonly value: ValueShape | undefined;
}

type ValueShape =
	| { readonly kind: "choices"; readonly choices: readonly string[] }
	| { readonly kind: "files" }
	/** Nobody can guess it. */
	| { readonly kind: "other" };

/** Places in help texts that stand for something in the file system. */
const fileWords = /^(?:files?|folder|(?:name\|)?paths?|key=file)$/i;

export function valueShape(placeholder: string, choices: readonly string[] = []): ValueShape {
	if (choices.length > 0) {
		return { kind: "choices", choices };
	}
	if (/^[a-z]+(?:\|[a-z]+)+$/.test(placeholder)) {
		return { kind: "choices", choices: placeholder.split("|") };
	}
	const word = placeholder.replaceAll(/[<>[\].]/g, "");
	return fileWords.test(word) ? { kind: "files" } : { kind: "other" };
}

/** `error, warn, info or debug`: a help text that is nothing but what can be written. */
export function choicesIn(help: string): readonly string[] {
	return /^\w+(?:, \w+)* or \w+$/.test(help) ? help.split(/, | or /) : [];
}
