import type { PlainMap, PlainValue } from "../../chart/index.ts";
import { isMap, valueAt } from "../chart/plain-maps.ts";
import type { StoredRelease } from "../chart/stored-release.ts";

/** What changes, for the user, a line each. */
export function describeUpgrade(before: StoredRelease | undefined, after: StoredRelease): string[] {
	if (before === undefined) {
		return ["what is stored was not looked at: every value is the chart's default or given"];
	}
	const { version, values, helmRelease } = before;
	const lines = [
		...(version === after.version ? [] : [`version: ${version ?? "(unknown)"} → ${after.version}`]),
		...listChanges(values, after.values),
	];
	return [
		...(lines.length === 0 ? ["no value changes"] : lines),
		...(helmRelease === undefined
			? []
			: [
					`note: Helm installed this as "${helmRelease}"; "helm upgrade" does the same and keeps Helm's own record up to date`,
				]),
	];
}

/** Whether pods come out otherwise when they are injected the next time. */
export function isReinjecting(before: StoredRelease | undefined, after: StoredRelease): boolean {
	return (
		before?.config === undefined ||
		after.config === undefined ||
		listChanges(before.config, after.config).length > 0
	);
}

/** What differs between two sets of values: `proxyInit.iptablesMode: legacy → nft`, in the order of the newer one. */
export function listChanges(before: PlainMap, after: PlainMap): string[] {
	const paths = new Map(
		[...leavesOf(after), ...leavesOf(before)].map((path) => [JSON.stringify(path), path]),
	);
	return [...paths.values()].flatMap((path) => {
		const [old, now] = [valueAt(before, path), valueAt(after, path)];
		const isCovered = isMap(old) || isMap(now);
		return same(old, now) || (isCovered && !isWhole(old, now))
			? []
			: [`${path.map(escapeKey).join(".")}: ${describe(old)} → ${describe(now)}`];
	});
}

/** Empty maps count as leaves, and lists are compared whole. */
function leavesOf(value: PlainValue, above: readonly string[] = []): (readonly string[])[] {
	return isMap(value) && (Object.keys(value).length > 0 || above.length === 0)
		? Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...above, key]))
		: [above];
}

/** A map against an empty map or nothing is told by its own leaves, if it has any; against a scalar it is told whole. */
function isWhole(old: PlainValue | undefined, now: PlainValue | undefined): boolean {
	const isScalar = (value: PlainValue | undefined): boolean =>
		value !== undefined && value !== null && !isMap(value);
	return isScalar(old) || isScalar(now);
}

/** Absent and null are one to a chart, and so are an empty map and nothing. Numbers are compared as such. */
function same(a: PlainValue | undefined, b: PlainValue | undefined): boolean {
	return canonical(a) === canonical(b);
}

function canonical(value: PlainValue | undefined): string {
	if (typeof value === "bigint") {
		return String(value);
	}
	if (Array.isArray(value)) {
		return `[${value.map(canonical).join()}]`;
	}
	return isMap(value)
		? `{${Object.entries(value)
				.toSorted(([a], [b]) => (a < b ? -1 : 1))
				.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
				.join()}}`
		: JSON.stringify(value ?? null);
}

const longest = 80;

/** In one line, and as plain as it can be told from other types. */
function describe(value: PlainValue | undefined): string {
	if (value === undefined || value === null) {
		return "(none)";
	}
	const isPlain =
		typeof value === "string" && /^[A-Za-z0-9][\w.,:/+ -]*$/.test(value) && !looksLikeOther(value);
	const text = isPlain ? value : canonical(value);
	return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** What would be a number, a truth value or nothing without quotes. */
function looksLikeOther(text: string): boolean {
	return !Number.isNaN(Number(text)) || /^(?:true|false|yes|no|on|off|null)$/i.test(text);
}

/** As `--set` wants a key that has dots. */
function escapeKey(key: string): string {
	return key.replaceAll(".", "\\.");
}
