import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Files, renderWithHelm } from "../support/helm.ts";
import { renderWithOurs } from "../support/ours.ts";
import { chartFiles } from "./support/chart-files.ts";
import { cliPort, objectsOf } from "./support/rendered.ts";
import { type Leaf, textLeaves } from "./support/text-leaves.ts";

/** What looks like a text to people and is something else to YAML, or another text than it was written as. */
const scalars = [
	...["1.0", "1.10", "0123456", "1e3", "0x10", "0o17", "1_000", "+7", ".5", "20260101", "0b11", "-0"],
	...["yes", "no", "on", "off", "True", "FALSE", "y", "n"],
];

const leaves = textLeaves();
/** Tags may be numbers where `--set` makes numbers of digits, so a template looks at them, after the schema. */
const tags = leaves.filter((leaf) => leaf.at(-1) === "version");
const others = leaves.filter((leaf) => leaf.at(-1) !== "version");

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

function refusalsOf(yaml: string): { readonly helm: string; readonly ours: string } {
	const files: Files = { ...chartFiles, "unquoted.yaml": yaml };
	const helm = renderWithHelm(files, ["-f", "unquoted.yaml"]);
	const ours = renderWithOurs(files, { files: ["unquoted.yaml"] }, cliPort);
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

/** A list in place of a text hides the text: one of the two can be tried at a time. */
const isHidden = (leaf: Leaf) =>
	others.some((other) => other.length > leaf.length && startsWith(other, leaf));
const startsWith = (leaf: Leaf, begin: Leaf) => begin.every((key, index) => leaf[index] === key);
const rounds = [others.filter((leaf) => !isHidden(leaf)), others.filter(isHidden)];

describe("a text without quotes", () => {
	it("is looked for in every place that there is", () => {
		const places = leaves.map(dotted);
		expect(places).toEqual(
			expect.arrayContaining([
				"imageRegistry",
				"proxy.image.version",
				"proxy.logLevel",
				"proxy.env[0].value",
				"injector.podLabels.key",
				"injector.nodeSelector.key",
				"injector.tolerations[0].value",
				"injector.webhook.namespaceExpressions[0].values[0]",
				"injector.topologySpreadConstraints[0].labelSelector.matchLabels.key",
				"proxyInit.skipSubnets",
				"proxyInit.skipSubnets[0]",
				"networkValidator.securityContext.seLinuxOptions.level",
				"podMonitor.scrapeInterval",
			]),
		);
		expect(places.length).toBeGreaterThan(80);
	});

	it.each(scalars)("%s is refused in each of them, by Helm and by us", (scalar) => {
		for (const places of rounds) {
			const { helm, ours } = refusalsOf(valuesWith(places, scalar));
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
		const { helm, ours } = refusalsOf(valuesWith(tags, scalar));
		for (const leaf of tags) {
			for (const said of [helm, ours]) {
				expect(said).toMatch(/in quotes/);
				expect(said.includes(dotted(leaf)) || said.includes(pointer(leaf))).toBe(true);
			}
		}
	});

	it.each(["2026-01-01", "2026-01-01T00:00:00Z", "1:30", "1.0.0", "v1", "1e3x", "Null_"])(
		"%s is a text, and stays as it is",
		(scalar) => {
			const yaml = `injector: {podAnnotations: {a: ${scalar}}, nodeSelector: {b: ${scalar}}}\n`;
			const files: Files = { ...chartFiles, "unquoted.yaml": yaml };
			const helm = renderWithHelm(files, [
				"-f",
				"unquoted.yaml",
				"--show-only",
				"templates/injector/deployment.yaml",
			]);
			const ours = renderWithOurs(files, { files: ["unquoted.yaml"] }, cliPort);
			for (const rendered of [helm, ours]) {
				expect(rendered.ok && parseText(rendered.text)).toContain(scalar);
			}
		},
	);

	it.each([
		[["--set", "proxy.image.version=1.0"], "shunt/shunt:1.0"],
		[["--set", "proxy.image.version=0123456"], "shunt/shunt:0123456"],
		[["--set", "proxy.image.version=1e3"], "shunt/shunt:1e3"],
		[["--set", "proxy.image.version=20260101"], "shunt/shunt:20260101"],
		[["--set-string", "proxy.image.version=20260101"], "shunt/shunt:20260101"],
		[["--set-json", 'proxy.image.version="1.0"'], "shunt/shunt:1.0"],
	])("keeps its text with %j", ([flag = "", value = ""], image) => {
		const key =
			({ "--set": "set", "--set-string": "setString", "--set-json": "setJson" } as const)[flag] ?? "set";
		const helm = renderWithHelm(chartFiles, [flag, value]);
		const ours = renderWithOurs(chartFiles, { [key]: [value] }, cliPort);
		expect(helm.ok && helm.text).toContain(`image: "${image}"`);
		expect(ours.ok && ours.text).toContain(`image: "${image}"`);
	});
});

/** All texts of a rendered manifest, one a line. */
function parseText(text: string): string[] {
	const found: string[] = [];
	JSON.stringify(objectsOf(text), (_, value) => {
		found.push(String(value));
		return value;
	});
	return found;
}
