/** A version's three numbers, those that are not there as 0; undefined for what is no semantic version. */
export function parseVersion(text: string): readonly number[] | undefined {
	const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-[\dA-Za-z.-]+)?(?:\+[\dA-Za-z.-]+)?$/.exec(text);
	return match === null ? undefined : match.slice(1).map((part) => Number(part ?? "0"));
}

const comparison = /^\s*(<=?|>=?)\s*v?(\d+\.\d+\.\d+)(-0)?\s*$/;

/**
 * Whether a released version satisfies a constraint that is one comparison with three numbers, such as `>=1.25.0-0`.
 * Undefined where that takes more: what counts of pre-releases, and what `~1.2 || 3.x` means.
 */
export function satisfies(text: string, constraint: string): boolean | undefined {
	const [, operator = "", limitText = "", zero] = comparison.exec(constraint) ?? [];
	const [version, limit] = [parseVersion(text), parseVersion(limitText)];
	const isOdd = text.includes("-") || (zero !== undefined && operator !== "<" && operator !== ">=");
	if (version === undefined || limit === undefined || isOdd) {
		return undefined;
	}
	const order =
		version.map((number, i) => number - (limit[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
	return (order === 0 && operator.endsWith("=")) || (operator.startsWith("<") ? order < 0 : order > 0);
}
