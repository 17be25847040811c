import { comparePrereleases, compareVersions, parseVersion, type Version } from "./version.ts";

/** `>=1.20-0 <2 || ~3.1`: any group of which all comparisons hold. */
export type Constraint = readonly Group[];

interface Group {
	/** Prereleases are considered only where the group names one itself. */
	readonly prereleases: boolean;
	readonly comparisons: readonly Comparison[];
}

interface Comparison {
	readonly operator: string;
	readonly version: Version;
	/** How much of the version was given: 3 for all of it, 0 for `*`. */
	readonly given: 0 | 1 | 2 | 3;
}

const versionText =
	"v?([0-9|xX*]+)(\\.[0-9|xX*]+)?(\\.[0-9|xX*]+)?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";
const operatorText = "(=|!=|>=|=>|<=|=<|~>|>|<|~|\\^|)";
const bare = (text: string): string => text.replace(/\((?!\?)/g, "(?:");
const one = new RegExp(`^\\s*${operatorText}\\s*${versionText}\\s*$`);
const each = new RegExp(`${bare(operatorText)}\\s*${bare(versionText)}`, "g");
const comparison = `${bare(operatorText)}\\s*${bare(versionText)}\\s*`;
const group = new RegExp(`^\\s*${comparison}(?:(?:\\s+|,\\s*)${comparison})*$`);
const range = new RegExp(`\\s*(${bare(versionText)})\\s+-\\s+(${bare(versionText)})\\s*`, "g");

/** Undefined where the text is no constraint. */
export function parseConstraint(text: string): Constraint | undefined {
	const alternatives = text.replace(range, ">= $1, <= $2 ").split("||");
	if (text.length > 512 || alternatives.length > 32) {
		return undefined;
	}
	const groups = alternatives.map(parseGroup);
	return groups.every((parsed) => parsed !== undefined) ? groups : undefined;
}

function parseGroup(text: string): Group | undefined {
	if (!group.test(text)) {
		return undefined;
	}
	const comparisons = [...text.matchAll(each)].map(([found]) => parseComparison(found));
	if (!comparisons.every((parsed) => parsed !== undefined)) {
		return undefined;
	}
	return { prereleases: comparisons.some(({ version }) => version.prerelease !== ""), comparisons };
}

function parseComparison(text: string): Comparison | undefined {
	const match = one.exec(text);
	if (match === null) {
		return undefined;
	}
	const [, operator = "", ...parts] = match;
	const [major = "", minor = "", patch = "", prerelease = ""] = parts;
	const given = isOpen(major) ? 0 : isOpen(minor) ? 1 : isOpen(patch) ? 2 : 3;
	const numbers = [major, minor, patch].map((part) => part.replace(".", "")).slice(0, given);
	const filled = [...numbers, "0", "0", "0"].slice(0, 3).join(".");
	const whole = given === 3 ? filled + prerelease + (parts[4] ?? "") : filled + prerelease;
	const version = parseVersion(whole);
	return version === undefined ? undefined : { operator, version, given };
}

function isOpen(part: string): boolean {
	return /^\.?[xX*]?$/.test(part);
}

export function satisfies(version: Version, constraint: Constraint): boolean {
	return constraint.some(
		({ prereleases, comparisons }) =>
			(version.prerelease === "" || prereleases) && comparisons.every((wanted) => holds(version, wanted)),
	);
}

function holds(version: Version, wanted: Comparison): boolean {
	const order = compareVersions(version, wanted.version);
	switch (wanted.operator) {
		case "!=":
			return differs(version, wanted);
		case ">":
			return isAbove(version, wanted);
		case "<":
			return order < 0;
		case ">=":
		case "=>":
			return order >= 0;
		case "<=":
		case "=<":
			return isAtMost(version, wanted);
		case "~":
		case "~>":
			return isTilde(version, wanted);
		case "^":
			return isCaret(version, wanted);
		default:
			return wanted.given < 3 ? isTilde(version, wanted) : order === 0;
	}
}

/** True where the numbers that were given, one or two, are the same. */
function sharesGiven(version: Version, { version: wanted, given }: Comparison): boolean {
	return version.major === wanted.major && (given < 2 || version.minor === wanted.minor);
}

/** `!= *` compares with 0.0.0, as the library does. */
function differs(version: Version, wanted: Comparison): boolean {
	if (wanted.given === 3 || wanted.given === 0) {
		return compareVersions(version, wanted.version) !== 0;
	}
	if (!sharesGiven(version, wanted)) {
		return true;
	}
	return wanted.given === 2 && comparePrereleases(version.prerelease, wanted.version.prerelease) !== 0;
}

function isAbove(version: Version, wanted: Comparison): boolean {
	if (wanted.given === 3 || wanted.given === 0 || version.major !== wanted.version.major) {
		return compareVersions(version, wanted.version) > 0;
	}
	return wanted.given === 2 && version.minor > wanted.version.minor;
}

function isAtMost(version: Version, wanted: Comparison): boolean {
	if (wanted.given === 3) {
		return compareVersions(version, wanted.version) <= 0;
	}
	if (version.major !== wanted.version.major) {
		return version.major < wanted.version.major;
	}
	return wanted.given === 1 || version.minor <= wanted.version.minor;
}

/** The last number given may grow; `~0.0.0` and `~*` are satisfied by everything. */
function isTilde(version: Version, wanted: Comparison): boolean {
	if (compareVersions(version, wanted.version) < 0) {
		return false;
	}
	const { major, minor, patch } = wanted.version;
	if (major === 0n && minor === 0n && patch === 0n && (wanted.given === 0 || wanted.given === 3)) {
		return true;
	}
	return version.major === major && (version.minor === minor || wanted.given === 1);
}

/** Everything up to the next change of the first number that is not zero. */
function isCaret(version: Version, wanted: Comparison): boolean {
	const { major, minor, patch } = wanted.version;
	if (compareVersions(version, wanted.version) < 0) {
		return false;
	}
	if (major > 0n || wanted.given === 1) {
		return version.major === major;
	}
	if (version.major > 0n) {
		return false;
	}
	if (minor > 0n || wanted.given === 2) {
		return version.minor === minor;
	}
	return version.minor === 0n && version.patch === patch;
}
