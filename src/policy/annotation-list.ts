import { all, ok, type Result } from "../domain/problem.ts";

/** How the items of a list are read and told apart. */
export interface ItemForm<T> {
	parse(text: string, source: string): Result<T>;
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
		if (!firsts.has(key(item))) {
			firsts.set(key(item), item);
		}
	}
	return [...firsts.values()];
}
