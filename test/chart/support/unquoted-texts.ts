import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ChartPort } from "../../../src/chart/index.ts";
import { type Files, renderWithHelm } from "./helm.ts";
import { renderWithOurs } from "./ours.ts";
import { type Leaf, textLeaves } from "./text-leaves.ts";

/** What looks like a text to people and is something else to YAML, or another text than it was written as. */
const scalars = [
	...["1.0", "1.10", "0123456", "1e3", "0x10", "0o17", "1_000", "+7", ".5", "20260101", "0b11", "-0"],
	...["yes", "no", "on", "off", "True", "FALSE", "y", "n"],
];

interface ChartOfTexts {
	/** With a slash at its end. */
	readonly folder: string;
	readonly files: Files;
	/** What our command gives to templates. */
	readonly port: ChartPort;
	/** Some of the places where a text belongs: a search that finds none proves nothing. */
	readonly known: readonly string[];
	/** How many more there are at least. */
	readonly least: number;
	/** Tags that have no effect, so that none can be another than was meant. */
	readonly idleTags?: readonly string[];
}

/** Wherever a chart wants a text, one without quotes that YAML makes something else of is refused, by Helm and by us. */
export function describeTextsWithoutQuotes(chart: ChartOfTexts): void {
	const leaves = textLeaves(chart.folder);
	/** Tags may be numbers where `--set` makes numbers of digits, so a template looks at them, after the schema. */
	const tags = leaves.filter(
		(leaf) => leaf.at(-1) === "version" && chart.idleTags?.includes(dotted(leaf)) !== true,
	);
	const others = leaves.filter((leaf) => leaf.at(-1) !== "version");
	/** A list in place of a text hides the text: one of the two can be tried at a time. */
	const isHidden = (leaf: Leaf) =>
		others.some((other) => other.length > leaf.length && startsWith(other, leaf));
	const rounds = [others.filter((leaf) => !isHidden(leaf)), others.filter(isHidden)];

	describe("a text without quotes", () => {
		it("is looked for in every place that there is", () => {
			const places = leaves.map(dotted);
			expect(places).toEqual(expect.arrayContaining([...chart.known]));
			expect(places.length).toBeGreaterThan(chart.least);
		});

		it.each(scalars)("%s is refused in each of them, by Helm and by us", (scalar) => {
			for (const places of rounds) {
				const { helm, ours } = refusalsOf(chart, valuesWith(places, scalar));
				for (const leaf of places) {
					const said = {
						helm: helm.includes(`at '${pointer(leaf)}': `),
						ours: ours.includes(`${dotted(leaf)}: `),
					};
					expect({ [dotted(leaf)]: said }).toEqual({ [dotted(leaf)]: { helm: true, ours: true } });
				}
				expect(helm).toContain("value must be 'text in quotes'");
				expect(ours).toContain("to YAML (want text in quotes)");
			}
		});

		it.each(scalars)("%s is refused as a tag too, and the advice is the same", (scalar) => {
			const { helm, ours } = refusalsOf(chart, valuesWith(tags, scalar));
			for (const leaf of tags) {
				for (const said of [helm, ours]) {
					expect(said).toMatch(/in quotes/);
					expect(said.includes(dotted(leaf)) || said.includes(pointer(leaf))).toBe(true);
				}
			}
		});
	});
}

const mark = (index: number) => `marked-${index}`;

/** Values with this scalar, without quotes, in every one of these places. */
function valuesWith(places: readonly Leaf[], scalar: string): string {
	const values: Node = {};
	for (const [index, leaf] of places.entries()) {
		put(values, leaf, mark(index));
	}
	return stringify(values).replace(/marked-\d+/g, scalar);
}

type Node = Record<string | number, unknown>;

/** Lists and maps on the way come into being; where one of the places is itself such a list, its items count. */
function put(values: Node, [key = "", ...rest]: Leaf, value: string): void {
	const [next] = rest;
	if (next === undefined) {
		values[key] ??= value;
		return;
	}
	if (typeof values[key] !== "object") {
		values[key] = next === 0 ? [] : {};
	}
	put(values[key] as Node, rest, value);
}

function refusalsOf(
	{ files, port }: ChartOfTexts,
	yaml: string,
): { readonly helm: string; readonly ours: string } {
	const given: Files = { ...files, "unquoted.yaml": yaml };
	const helm = renderWithHelm(given, ["-f", "unquoted.yaml"]);
	const ours = renderWithOurs(given, { files: ["unquoted.yaml"] }, port);
	expect({ helm: helm.ok, ours: ours.ok }).toEqual({ helm: false, ours: false });
	return { helm: helm.ok ? "" : helm.error, ours: ours.ok ? "" : ours.error };
}

/** As Helm's schema names a place, and as we do. */
const pointer = (leaf: Leaf) => `/${leaf.join("/")}`;
const dotted = (leaf: Leaf) =>
	leaf
		.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
		.join("")
		.slice(1);

const startsWith = (leaf: Leaf, begin: Leaf) => begin.every((key, index) => leaf[index] === key);
