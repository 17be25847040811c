import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { version } from "../../../src/domain/version.ts";
import { documentedValues, schemaPaths, valuesTable } from "./values-table.ts";

interface DocumentedChart {
	/** With a slash at its end. */
	readonly folder: string;
	/** A value that the table has for certain. */
	readonly value: string;
	/** Further tables of the README, by the name of the comments around them. */
	readonly tables?: Readonly<Record<string, () => string>>;
}

/** That a chart's values, their schema, its README and its version say the same; UPDATE_GOLDEN=1 writes the README's tables. */
export function describeDocumentedChart({ folder, value, tables = {} }: DocumentedChart): void {
	const read = (name: string) => readFileSync(`${folder}${name}`, "utf8");
	const values = read("values.yaml");
	const schema = JSON.parse(read("values.schema.json"));

	describe("values.yaml, the schema and the README", () => {
		it("have the same values", () => {
			const inSchema = [...schemaPaths(schema).keys()].filter((path) => path !== "global");
			const documented = documentedValues(values).map(({ path }) => path);
			expect(documented.sort()).toEqual(inSchema.sort());
		});

		it("say of every value what it does", () => {
			const isSentence = ({ description }: { readonly description: string }) =>
				/^[\w`].*\.$/.test(description);
			expect(documentedValues(values).filter((one) => !isSentence(one))).toEqual([]);
		});

		it("agree in the README's tables", () => {
			const fresh = Object.entries({ values: () => valuesTable(values, schema), ...tables }).reduce(
				withTable,
				read("README.md"),
			);
			if (process.env["UPDATE_GOLDEN"] !== undefined) {
				writeFileSync(`${folder}README.md`, fresh);
			}
			expect(read("README.md")).toBe(fresh);
			expect(fresh).toContain(`| \`${value}\` |`);
		});
	});

	describe("the schema", () => {
		it("is one", () => {
			const ajv = new Ajv({ allowUnionTypes: true });
			expect(ajv.validateSchema(schema)).toBe(true);
			expect(ajv.validate(schema, parse(values))).toBe(true);
		});

		it("lets no key pass that it does not know", () => {
			expect(openObjects(schema, "")).toEqual([]);
		});
	});

	it("Chart.yaml has the program's version", () => {
		expect(parse(read("Chart.yaml"))).toMatchObject({ version, appVersion: version });
	});
}

function withTable(readme: string, [name, table]: readonly [string, () => string]): string {
	const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
	const [before = "", rest = ""] = readme.split(begin);
	const [, after] = rest.split(end);
	if (after === undefined) {
		throw new Error(`README.md has no place for the table "${name}"`);
	}
	return `${before}${begin}${table()}\n${end}${after}`;
}

/** Where a schema describes the keys of an object and lets others pass. */
function openObjects(node: unknown, path: string): string[] {
	if (typeof node !== "object" || node === null) {
		return [];
	}
	const { properties, additionalProperties } = node as Record<string, unknown>;
	const isOpen =
		typeof properties === "object" && additionalProperties !== false && !path.endsWith("/properties");
	const below = Object.entries(node).flatMap(([key, value]) => openObjects(value, `${path}/${key}`));
	return isOpen ? [path, ...below] : below;
}
