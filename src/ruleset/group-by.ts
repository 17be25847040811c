/**
 * Items by a key, in order. A node's own namespace may hold tens of thousands of rules in as many chains, so that
 * looking through all rules for each chain would take minutes.
 */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
	const groups = new Map<K, T[]>();
	for (const item of items) {
		const group = groups.get(keyOf(item));
		if (group === undefined) {
			groups.set(keyOf(item), [item]);
		} else {
			group.push(item);
		}
	}
	return groups;
}
