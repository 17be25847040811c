import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { describeDocumentedChart } from "../support/documented-chart.ts";
import { documentedValues } from "../support/values-table.ts";
import { chartFolder } from "./support/chart-files.ts";

const read = (name: string) => readFileSync(`${chartFolder}${name}`, "utf8");

describeDocumentedChart({ folder: chartFolder, value: "proxyInit.iptablesMode" });

it("the schema knows what is for high availability", () => {
	const ha = parse(read("values-ha.yaml"));
	const known = documentedValues(read("values.yaml")).map(({ path }) => path);
	const paths = documentedValues(read("values-ha.yaml")).map(({ path }) => path);
	expect(paths.filter((path) => !known.includes(path))).toEqual([]);
	expect(ha.injector.replicas).toBe(3);
});
