import { all, ok, type Result } from "../domain/problem.ts";
import type { Selection } from "./condition.ts";

/** How the items of a list are read, told apart and written. Methods, so that lists of different items have one type. */
export interface ListForm<T> extends ItemForm<T> {
	/** What stands for the value in help texts. */
	readonly placeholder: string;
	/** As flags, annotations and stamps spell it. */
	format(item: T): string | number;
	/** Some of them are what YAML would make a number of. */
	readonly looksLikeNumber?: true;
}

/** How a single value is read, which is not the same everywhere. */
export interface ValueForm<T> {
	readonly placeholder: string;
	/** On a command line, where the reference program says what is allowed. */
	parseFlag(text: string, source: string): Result<T>;
	/** In an annotation or a release's values: what a pod of ours can have. */
	parseOwn(text: string, source: string): Result<T>;
	/** In a stamp, which has only what is. */
	parseStamped(text: string, source: string): Result<T>;
}

/** Where a field can be said, and in what words. */
interface Saying<Key extends string> {
	/** Of `shunt init`. Its parser also takes the annotation's name, and these. */
	readonly flag: string;
	readonly short?: string;
	readonly alsoCalled?: readonly string[];
	/** Behind `config.shunt.dev/`, and a flag of `shunt inject`. */
	readonly annotation: Key;
	/** In a release's values. */
	readonly value: string;
	readonly help: string;
	/** Where the flag's help has more to say. */
	readonly flagHelp?: string;
}

/** The rules that a field makes: a packet is let pass, or sent to the proxy's port of its direction. */
interface Making<T, R extends string> {
	readonly reason: R;
	readonly action: "pass" | "redirect";
	/** One rule for each item; */
	each?(item: T): Selection;
	/** or one for all of them; without either it is about whatever is left, where nothing else was redirected. */
	all?(items: readonly T[]): Selection;
}

/** A field that holds a list, empty where nothing is said. */
interface ListField<
	Name extends string = string,
	T = unknown,
	Key extends string = string,
	R extends string = string,
> extends Saying<Key> {
	readonly takes: "list";
	/** In a policy and its stamp. */
	readonly name: Name;
	readonly form: ListForm<T>;
	readonly rule: Making<T, R>;
	/** Of a release, as its values would say it. */
	readonly default?: string;
}

/** A field that holds one value, or undefined. */
interface ValueField<
	Name extends string = string,
	T = unknown,
	Key extends string = string,
	R extends string = string,
> extends Saying<Key> {
	readonly takes: "value";
	readonly name: Name;
	readonly form: ValueForm<T>;
	readonly rule: Making<NonNullable<T>, R>;
	/** Of a release. */
	readonly default: T;
	/** Of `shunt init`. */
	readonly flagDefault?: string;
	/** No policy is without it. */
	readonly isRequired?: true;
}

/** A rule that every policy has. */
interface Always<R extends string = string> {
	readonly takes: "nothing";
	readonly reason: R;
	readonly condition: Selection;
}

export type Field = ListField | ValueField;
export type Row = Field | Always;

export function list<const Name extends string, T, const Key extends string, const R extends string>(
	name: Name,
	form: ListForm<T>,
	row: Omit<ListField<Name, T, Key, R>, "takes" | "name" | "form">,
): ListField<Name, T, Key, R> {
	return { takes: "list", name, form, ...row };
}

export function value<const Name extends string, T, const Key extends string, const R extends string>(
	name: Name,
	form: ValueForm<T>,
	row: Omit<ValueField<Name, T, Key, R>, "takes" | "name" | "form">,
): ValueField<Name, T, Key, R> {
	return { takes: "value", name, form, ...row };
}

export function always<const R extends string>(reason: R, condition: Selection): Always<R> {
	return { takes: "nothing", reason, condition };
}

export function isField<R extends Row>(row: R): row is Exclude<R, Always> {
	return row.takes !== "nothing";
}

/** What a direction's policy says in a field, item by item. */
export function itemsOf(field: Field, policy: Readonly<Record<string, unknown>>): readonly unknown[] {
	const said = policy[field.name];
	if (field.takes === "list") {
		return said as readonly unknown[];
	}
	return said === undefined ? [] : [said];
}

/** One for each rule that the items make. */
export function conditionsOf({ each, all }: Making<unknown, string>, items: readonly unknown[]): Selection[] {
	if (all !== undefined) {
		return items.length === 0 ? [] : [all(items)];
	}
	return each === undefined ? [] : items.map((item) => each(item));
}

/** Whether it is about whatever is left. */
export function isRest({ each, all }: Making<unknown, string>): boolean {
	return each === undefined && all === undefined;
}

/** The same for items that mean the same. */
export function itemKey(field: Field, item: unknown): string {
	return field.takes === "list" ? field.form.key(item) : `${item}`;
}

/** How it is written as an argument, an annotation or a stamp. */
export function formatItem(field: Field, item: unknown): string | number {
	return field.takes === "list" ? field.form.format(item) : Number(item);
}

/** How the items of a list are read and told apart. */
export interface ItemForm<T> {
	parse(text: string, source: string): Result<T>;
	/**
	 * All items of a list at once, if each is written as most are; undefined where one is not, and then each is for
	 * {@link parse}. What it reads means the same to both.
	 */
	parseUsual?(text: string): T[] | undefined;
	/** The same for items that mean the same. */
	key(item: T): string;
}

/**
 * `80,443` stands instead of the default, `+80,443` adds to it: the same for every list, wherever it is read. Blanks
 * around items do not count. A repeated item is kept once.
 */
export function parseList<T>(
	text: string,
	source: string,
	{ parse, key }: ItemForm<T>,
	inherited: readonly T[],
): Result<readonly T[]> {
	const adds = text.startsWith("+");
	const items = all(
		(adds ? text.slice(1) : text).split(",").map((item): Result<T> => parse(item.trim(), source)),
	);
	return items.ok ? ok(distinct([...(adds ? inherited : []), ...items.value], key)) : items;
}

/** The first of each. */
export function distinct<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
	const firsts = new Map<string, T>();
	for (const item of items) {
		const known = key(item);
		if (!firsts.has(known)) {
			firsts.set(known, item);
		}
	}
	return [...firsts.values()];
}
