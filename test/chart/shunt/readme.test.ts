import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { version } from "../../../src/domain/version.ts";
import { chartFolder } from "./support/chart-files.ts";
import { documentedValues, schemaPaths, valuesTable } from "./support/values-table.ts";

const read = (name: string) => readFileSync(`${chartFolder}${name}`, "utf8");
const values = read("values.yaml");
const schema = JSON.parse(read("values.schema.json"));

describe("values.yaml, the schema and the README", () => {
	it("have the same values", () => {
		const inSchema = [...schemaPaths(schema).keys()].filter((path) => path !== "global");
		expect(documentedValues(values).map(({ path }) => path)).toEqual(inSchema);
	});

	it("say of every value what it does", () => {
		expect(documentedValues(values).filter(({ description }) => !/^[\w`].*\.$/.test(description))).toEqual(
			[],
		);
	});

	it("agree in the README's table, which UPDATE_GOLDEN=1 writes", () => {
		const readme = read("README.md");
		const fresh = readme.replace(
			/(<!-- values -->\n)[\s\S]*(<!-- \/values -->)/,
			(_, begin, end) => `${begin}${valuesTable(values, schema)}\n${end}`,
		);
		if (process.env["UPDATE_GOLDEN"] !== undefined) {
			writeFileSync(`${chartFolder}README.md`, fresh);
		}
		expect(read("README.md")).toBe(fresh);
		expect(fresh).toContain("| `proxyInit.iptablesMode` |");
	});
});

describe("the schema", () => {
	it("is one", () => {
		const ajv = new Ajv({ allowUnionTypes: true });
		expect(ajv.validateSchema(schema)).toBe(true);
		expect(ajv.validate(schema, parse(values))).toBe(true);
	});

	it("lets no key pass that it does not know", () => {
		const open: string[] = [];
		const visit = (node: unknown, path: string): void => {
			if (typeof node !== "object" || node === null) {
				return;
			}
			const { properties, additionalProperties } = node as Record<string, unknown>;
			if (typeof properties === "object" && additionalProperties !== false && !path.endsWith("/properties")) {
				open.push(path);
			}
			for (const [key, value] of Object.entries(node)) {
				visit(value, `${path}/${key}`);
			}
		};
		visit(schema, "");
		expect(open).toEqual([]);
	});

	it("accepts what is for high availability", () => {
		const ha = parse(read("values-ha.yaml"));
		const known = documentedValues(values).map(({ path }) => path);
		const paths = documentedValues(read("values-ha.yaml")).map(({ path }) => path);
		expect(paths.filter((path) => !known.includes(path))).toEqual([]);
		expect(ha.injector.replicas).toBe(3);
	});
});

describe("Chart.yaml", () => {
	it("has the program's version", () => {
		expect(parse(read("Chart.yaml"))).toMatchObject({ version, appVersion: version });
	});
});
