import { onceOf } from "../domain/once-of.ts";
import { otherNamesOf } from "../policy/fields.ts";

/** One flag: the parser, the help text and the documentation are all made from this. */
export interface Flag {
	readonly name: string;
	readonly short?: string;
	/** A boolean takes a value only as `--name=value`; a list may be repeated and split at commas. */
	readonly kind: "boolean" | "value" | "list";
	/** What stands for the value in help texts. */
	readonly placeholder?: string;
	/** All that a value can be, where that is few; shells complete them. */
	readonly choices?: readonly string[];
	/** As it would be written on the command line; empty where there is none. */
	readonly default: string;
	/** An empty value means that it is not given, as it does to the reference program. Elsewhere it is a mistake. */
	readonly emptyIsNone?: true;
	readonly help: string;
}

/** One that takes a value, and has none where it is not given. */
export function valueFlag(name: string, placeholder: string, help: string, more: Partial<Flag> = {}): Flag {
	return { name, kind: "value", placeholder, default: "", help, ...more };
}

/** By its name, or by another that means the same. */
export function findFlag(flags: readonly Flag[], name: string): Flag | undefined {
	const known = flagsByName(flags);
	return (
		known.get(name) ??
		otherNamesOf(name)
			.map((other) => known.get(other))
			.find((flag) => flag !== undefined)
	);
}

/** A command line is looked up flag by flag, given or not. */
export const flagsByName = onceOf(
	(flags: readonly Flag[]) => new Map(flags.map((flag) => [flag.name, flag])),
);
