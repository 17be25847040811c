import { type Cidr, parseCidr } from "../../domain/cidr.ts";
import type { InterfacePattern } from "../../domain/interface-name.ts";
import { subnetsBetween } from "../../domain/intervals.ts";
import type { Span } from "../../domain/number.ts";

/** What `JSON.parse` gives: its form is taken for granted nowhere. */
export type Json = unknown;
export type JsonRecord = Readonly<Record<string, Json>>;

export function asRecord(value: Json): JsonRecord | undefined {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as JsonRecord)
		: undefined;
}

export function asArray(value: Json): readonly Json[] | undefined {
	return Array.isArray(value) ? value : undefined;
}

/**
 * A list of however many: where there is but one, some releases of nft print it bare (flags of tables, of sets, of fib
 * and of redirect, from 1.1.4 to 1.1.6 for instance), and some a list of one.
 */
export function asList(value: Json): readonly Json[] {
	return value === undefined || value === null ? [] : (asArray(value) ?? [value]);
}

/** `value[key]`, where there is one. */
export function field(value: Json, key: string): Json {
	return asRecord(value)?.[key];
}

/** All values, or undefined when one is missing. */
export function complete<T>(values: readonly (T | undefined)[]): T[] | undefined {
	const present = values.filter((value) => value !== undefined);
	return present.length === values.length ? present : undefined;
}

/** What a named set or map of a table holds, by its name. */
export type NamedSets = ReadonlyMap<string, readonly Json[]>;

/** The right side of a match as a list: of one, of an anonymous set, or of a named one. */
export function elementsOf(right: Json, sets: NamedSets): readonly Json[] | undefined {
	if (typeof right === "string" && right.startsWith("@")) {
		return sets.get(right.slice(1))?.map(valueIn);
	}
	const set = field(right, "set");
	return asList(set === undefined ? right : set).map(valueIn);
}

/** An element may carry a comment, a counter or a timeout besides its value. */
function valueIn(element: Json): Json {
	return field(field(element, "elem"), "val") ?? element;
}

export function parseNumbers(elements: readonly Json[]): Span[] | undefined {
	return complete(
		elements.map((element) => {
			const [low, high] = asArray(field(element, "range")) ?? [element, element];
			return typeof low === "number" && typeof high === "number" ? { low, high } : undefined;
		}),
	);
}

/** A prefix, a single address, or a range. */
export function parseSubnets(elements: readonly Json[]): Cidr[] | undefined {
	return complete(elements.map(parseBlock))?.flat();
}

function parseBlock(element: Json): Cidr[] | undefined {
	const [low, high] = asArray(field(element, "range")) ?? [];
	if (typeof low === "string" && typeof high === "string") {
		return subnetsBetween(low, high);
	}
	const prefix = field(element, "prefix");
	const width = typeof element === "string" && element.includes(":") ? 128 : 32;
	const text =
		prefix === undefined ? `${element}/${width}` : `${field(prefix, "addr")}/${field(prefix, "len")}`;
	const parsed = parseCidr(text, "nft");
	return parsed.ok ? [parsed.value] : undefined;
}

export function parseNames(elements: readonly Json[]): InterfacePattern[] | undefined {
	return complete(
		elements.map((element) => {
			if (typeof element !== "string") {
				return undefined;
			}
			return element.endsWith("*")
				? { name: element.slice(0, -1), isPrefix: true }
				: { name: element, isPrefix: false };
		}),
	);
}

/** Single names or numbers, such as protocols are. */
export function parseWords(elements: readonly Json[]): (string | number)[] | undefined {
	return complete(
		elements.map((element) =>
			typeof element === "string" || typeof element === "number" ? element : undefined,
		),
	);
}
