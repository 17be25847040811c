import { parseFloat64, parseInt64, parseUint64 } from "../go/parse-number.ts";
import type { Value } from "../go/value.ts";
import { GoInt, int } from "../go/value.ts";

/**
 * What a plain scalar means to go-yaml v2, which Helm reads YAML with: YAML 1.1's booleans, C's integers with `_`,
 * and timestamps that are taken for what they look like and then handed out as text.
 */
export type Resolved =
	| { readonly kind: "null" | "string" | "timestamp" }
	| { readonly kind: "bool"; readonly value: boolean }
	| { readonly kind: "int"; readonly value: GoInt }
	| { readonly kind: "float"; readonly value: number };

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
	...spellings(["y", "yes", "true", "on"], { kind: "bool", value: true }),
	...spellings(["n", "no", "false", "off"], { kind: "bool", value: false }),
	...spellings(["null"], { kind: "null" }),
	["~", { kind: "null" }],
	["", { kind: "null" }],
	...infinities("", Number.POSITIVE_INFINITY),
	...infinities("+", Number.POSITIVE_INFINITY),
	...infinities("-", Number.NEGATIVE_INFINITY),
	...[".nan", ".NaN", ".NAN"].map((name): [string, Resolved] => [name, { kind: "float", value: Number.NaN }]),
]);

function spellings(names: readonly string[], resolved: Resolved): [string, Resolved][] {
	return names.flatMap((name) =>
		[name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()].map(
			(spelling): [string, Resolved] => [spelling, resolved],
		),
	);
}

function infinities(sign: string, value: number): [string, Resolved][] {
	return [".inf", ".Inf", ".INF"].map((name) => [sign + name, { kind: "float", value }]);
}

const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

export function resolvePlain(text: string): Resolved {
	const word = words.get(text);
	if (word !== undefined) {
		return word;
	}
	const first = text.charAt(0);
	if (first === ".") {
		return asFloat(parseFloat64(text));
	}
	return (first >= "0" && first <= "9") || first === "+" || first === "-"
		? resolveNumber(text)
		: { kind: "string" };
}

function resolveNumber(text: string): Resolved {
	if (isTimestamp(text)) {
		return { kind: "timestamp" };
	}
	const plain = text.replaceAll("_", "");
	const whole = parseInt64(plain);
	if (whole !== undefined) {
		return { kind: "int", value: int(whole) };
	}
	const unsigned = parseUint64(plain);
	if (unsigned !== undefined) {
		return { kind: "int", value: new GoInt("uint64", unsigned) };
	}
	return float.test(plain) ? asFloat(parseFloat64(plain)) : { kind: "string" };
}

function asFloat(value: number | undefined): Resolved {
	return value === undefined ? { kind: "string" } : { kind: "float", value };
}

const timestamp =
	/^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

/** The formats that go-yaml tries, with Go's rules for what is a date. */
export function isTimestamp(text: string): boolean {
	const match = timestamp.exec(text);
	if (match === null) {
		return false;
	}
	const [year = 0, month = 0, day = 0, ...time] = match.slice(1).map((part) => Number(part ?? 0));
	const [
		hour = 0,
		minute = 0,
		second = 0,
		zoneHour = 0,
		zoneMinute = 0,
		hour2 = 0,
		minute2 = 0,
		second2 = 0,
	] = time;
	return (
		month >= 1 &&
		month <= 12 &&
		day >= 1 &&
		day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate() &&
		Math.max(hour, hour2) < 24 &&
		Math.max(minute, minute2, second, second2) < 60 &&
		zoneHour <= 24 &&
		zoneMinute < 60
	);
}

/** Base 60, which YAML 1.1 has and go-yaml does not read, but quotes for those that do. */
export function isBase60(text: string): boolean {
	return /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text);
}

/** The value of a plain scalar, given its text for what stays text. */
export function plainValue(resolved: Resolved, text: string): Value {
	switch (resolved.kind) {
		case "null":
			return null;
		case "bool":
		case "int":
		case "float":
			return resolved.value;
		default:
			return text;
	}
}
