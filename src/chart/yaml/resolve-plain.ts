import { parseFloat64, parseInt64, parseUint64 } from "../go/number.ts";

/**
 * What a plain scalar means to go-yaml v2, which Helm reads YAML with: YAML 1.1's booleans, C's integers with `_`; and
 * timestamps, which Helm hands out as texts, are no more than that.
 */
export type Resolved =
	| { readonly kind: "null" | "string" }
	| { readonly kind: "bool"; readonly value: boolean }
	| { readonly kind: "int"; readonly value: bigint }
	| { readonly kind: "float"; readonly value: number };

const text: Resolved = { kind: "string" };

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
	...spellings(["y", "yes", "true", "on"], { kind: "bool", value: true }),
	...spellings(["n", "no", "false", "off"], { kind: "bool", value: false }),
	...spellings(["null"], { kind: "null" }),
	["~", { kind: "null" }],
	["", { kind: "null" }],
	...spellings(["inf"], { kind: "float", value: Number.POSITIVE_INFINITY }, "."),
	...spellings(["inf"], { kind: "float", value: Number.POSITIVE_INFINITY }, "+."),
	...spellings(["inf"], { kind: "float", value: Number.NEGATIVE_INFINITY }, "-."),
	...[".nan", ".NaN", ".NAN"].map((name): [string, Resolved] => [name, { kind: "float", value: Number.NaN }]),
]);

function spellings(names: readonly string[], resolved: Resolved, prefix = ""): [string, Resolved][] {
	return names.flatMap((name) =>
		[name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()].map(
			(spelling): [string, Resolved] => [prefix + spelling, resolved],
		),
	);
}

export function resolvePlain(source: string): Resolved {
	const word = words.get(source);
	if (word !== undefined || !/^[-+.\d]/.test(source)) {
		return word ?? text;
	}
	const digits = source.replaceAll("_", "");
	const integer = source.startsWith(".") ? undefined : (parseInt64(digits) ?? parseUint64(digits));
	if (integer !== undefined) {
		return { kind: "int", value: integer };
	}
	const float = parseFloat64(digits);
	return float === undefined ? text : { kind: "float", value: float };
}
