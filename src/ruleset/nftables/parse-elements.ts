import { subnetsBetween } from "../../backend/nftables/intervals.ts";
import { type Cidr, parseCidr } from "../../domain/cidr.ts";
import type { InterfacePattern, Span } from "../ruleset.ts";
import { asArray, asList, complete, field, type Json } from "./json.ts";

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
