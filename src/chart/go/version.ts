/** A semantic version (semver.org, 2.0.0), as far as versions are compared. */
export interface Version {
	readonly numbers: readonly [number, number, number];
	readonly prerelease: readonly string[];
}

const pattern =
	/^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z.-]+)?$/;

/** Numbers that are not there count as 0. */
export function parseVersion(text: string): Version | undefined {
	const match = pattern.exec(text);
	if (match === null) {
		return undefined;
	}
	const [, major, minor = "0", patch = "0", prerelease] = match;
	return {
		numbers: [Number(major), Number(minor), Number(patch)],
		prerelease: prerelease?.split(".") ?? [],
	};
}

/**
 * Whether the version satisfies a constraint, which here is one comparison or several with commas in between: `>=1.25.0-0`.
 * As in Helm a version with a pre-release satisfies none that has not got one too. Undefined for any other constraint.
 */
export function satisfies(version: Version, constraint: string): boolean | undefined {
	const comparisons = constraint.split(",").map((part) => /^\s*(<=?|>=?)\s*(\S+)\s*$/.exec(part));
	const results = comparisons.map((match) => {
		const [, operator = "", text = ""] = match ?? [];
		// `>1.25` and `<=1.25` mean more than their numbers.
		const isWhole = operator === "<" || operator === ">=" || /^v?\d+\.\d+\.\d+/.test(text);
		const limit = isWhole ? parseVersion(text) : undefined;
		return limit === undefined ? undefined : isWithin(version, operator, limit);
	});
	return results.includes(undefined) ? undefined : results.every(Boolean);
}

function isWithin(version: Version, operator: string, limit: Version): boolean {
	if (version.prerelease.length > 0 && limit.prerelease.length === 0) {
		return false;
	}
	const order = compareVersions(version, limit);
	return (order === 0 && operator.endsWith("=")) || (operator.startsWith("<") ? order < 0 : order > 0);
}

function compareVersions(a: Version, b: Version): number {
	const difference = a.numbers.map((number, i) => number - (b.numbers[i] ?? 0)).find((each) => each !== 0);
	return difference ?? comparePrereleases(a.prerelease, b.prerelease);
}

/** None comes after all; of two that are equal as far as the shorter one goes, the longer one comes after it. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
	if (a.length === 0 || b.length === 0) {
		return b.length - a.length;
	}
	const i = a.findIndex((part, at) => part !== b[at]);
	const [x, y] = [a[i], b[i]];
	if (x === undefined || y === undefined) {
		return a.length - b.length;
	}
	const [m, n] = [x, y].map((part) => (/^\d+$/.test(part) ? Number(part) : undefined));
	if (m !== undefined && n !== undefined) {
		return m - n;
	}
	return m !== undefined ? -1 : n !== undefined ? 1 : x < y ? -1 : 1;
}
