/** Whether two JSON values are the same, whatever the order of their keys: a program that rewrites a file may change it. */
export function sameJson(one: unknown, other: unknown): boolean {
	return ordered(one) === ordered(other);
}

function ordered(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === "object" && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
			: part,
	);
}
