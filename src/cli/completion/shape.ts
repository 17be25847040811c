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

export type ValueShape =
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
