import { readFileSync } from "node:fs";
import fc from "fast-check";
import { documentedValues } from "../../support/values-table.ts";
import { chartFolder, type Given } from "./chart-files.ts";

type Values = Record<string, unknown>;

/** What people and machines write where something else belongs. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(null, "", 0, -1, 1, 1.5, 1e21, true, false, [], {}, [null], [1, "2"], { a: null }),
	fc.constantFrom<unknown>(
		{ a: "b" },
		[{ name: "x" }],
		" ",
		"x y",
		"{{ .Values }}",
		"é✓",
		"1e3",
		"0x10",
		"80",
	),
	fc.constantFrom<unknown>(
		"443,80",
		"10.0.0.0/8",
		"a: b",
		"'",
		'"',
		"yes",
		"~",
		"auto",
		"json",
		"5m",
		"/a b",
		"a/b",
	),
	fc.string(),
);

/** Every value and every section; certificates are another matter. */
const paths = [
	...new Set(
		documentedValues(readFileSync(`${chartFolder}values.yaml`, "utf8"))
			.map(({ path }) => path.split("."))
			.filter(([first, second]) => !(first === "injector" && second === "tls"))
			.flatMap((keys) => keys.map((_, index) => keys.slice(0, index + 1).join(".")))
			.filter((path) => path !== "injector"),
	),
];

/** One or two values that are most likely wrong; the same ones each time. */
export function sampleOdd(count: number): Given[] {
	const edits = fc.array(fc.tuple(fc.constantFrom(...paths), odd), { minLength: 1, maxLength: 2 });
	return fc.sample(edits, { seed: 7, numRuns: count }).map((chosen) => {
		const values: Values = {};
		for (const [path, value] of chosen) {
			put(values, path.split("."), value);
		}
		return { name: JSON.stringify(values), values };
	});
}

/** Nothing is put below what is no section. */
function put(values: Values, [key = "", ...rest]: readonly string[], value: unknown): void {
	if (rest.length === 0) {
		values[key] = value;
		return;
	}
	values[key] ??= {};
	const below = values[key];
	if (typeof below === "object" && below !== null && !Array.isArray(below)) {
		put(below as Values, rest, value);
	}
}
