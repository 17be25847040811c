/** A semantic version, read as loosely as Masterminds/semver does: `v1.2` is 1.2.0, leading zeros are let pass. */
export interface Version {
	readonly major: bigint;
	readonly minor: bigint;
	readonly patch: bigint;
	readonly prerelease: string;
	readonly metadata: string;
	readonly original: string;
}

const pattern =
	/^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?$/;
const longest = 256;
const largest = 2n ** 64n - 1n;

/** Undefined for what is no version. A number in a prerelease may not have a leading zero. */
export function parseVersion(text: string): Version | undefined {
	const match = text.length > longest ? null : pattern.exec(text);
	if (match === null) {
		return undefined;
	}
	const [, major = "0", minor = "0", patch = "0", prerelease = "", metadata = ""] = match;
	const numbers = [major, minor, patch].map(BigInt);
	const [a = 0n, b = 0n, c = 0n] = numbers;
	if (
		numbers.some((number) => number > largest) ||
		prerelease.split(".").some((part) => /^0\d+$/.test(part))
	) {
		return undefined;
	}
	return { major: a, minor: b, patch: c, prerelease, metadata, original: text };
}

export function formatVersion({ major, minor, patch, prerelease, metadata }: Version): string {
	return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
}

/** Negative where a comes first. Build metadata does not count (semver.org, item 11). */
export function compareVersions(a: Version, b: Version): number {
	for (const part of ["major", "minor", "patch"] as const) {
		if (a[part] !== b[part]) {
			return a[part] < b[part] ? -1 : 1;
		}
	}
	return comparePrereleases(a.prerelease, b.prerelease);
}

/** A release comes after all of its prereleases. */
export function comparePrereleases(a: string, b: string): number {
	if (a === b) {
		return 0;
	}
	if (a === "" || b === "") {
		return a === "" ? 1 : -1;
	}
	const x = a.split(".");
	const y = b.split(".");
	for (let i = 0; i < Math.max(x.length, y.length); i++) {
		const difference = compareIdentifiers(x[i], y[i]);
		if (difference !== 0) {
			return difference;
		}
	}
	return 0;
}

/** Numbers by their size and before words, words by their bytes, and fewer identifiers before more. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
	if (a === b) {
		return 0;
	}
	const [x, y] = [rankOf(a), rankOf(b)];
	if (x !== y) {
		return x - y;
	}
	const isLess = x === numeric ? BigInt(a ?? 0) < BigInt(b ?? 0) : (a ?? "") < (b ?? "");
	return isLess ? -1 : 1;
}

const numeric = 1;

function rankOf(identifier: string | undefined): number {
	if (identifier === undefined) {
		return 0;
	}
	return /^\d+$/.test(identifier) ? numeric : 2;
}
