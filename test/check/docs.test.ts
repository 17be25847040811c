import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checksOf } from "../../src/cli/check/all-checks.ts";
import { categoryNames, wantedCategories } from "../../src/cli/check/categories.ts";

const categories = categoryNames.map(({ name }) => ({ name, checks: checksOf[name] }));

const text = readFileSync("docs/checks.md", "utf8");
const headings = [...text.matchAll(/^(##|###) (.+)$/gm)].map(([, level, title]) => `${level} ${title}`);

describe("docs/checks.md", () => {
	it("has a heading for every category and check, in the order of the checks, and no other", () => {
		const made = categories.flatMap(({ name, checks }) => [
			`## ${name}`,
			...checks.map(({ id }) => `### ${id}`),
		]);
		expect(headings).toEqual(made);
	});

	it("says under each heading what is true when the check passes", () => {
		for (const { id, description } of categories.flatMap(({ checks }) => checks)) {
			const section = text.split(`### ${id}\n`)[1]?.split(/^##/m)[0]?.replaceAll(/\s+/g, " ").toLowerCase();
			const said = description.replace(/ \(.*\)$/, "").toLowerCase();
			expect(section, id).toContain(said);
		}
	});
});

describe("the categories", () => {
	it("are those that the help text lists, in their order", () => {
		expect(Object.keys(checksOf)).toEqual(categoryNames.map(({ name }) => name));
	});

	it.each([
		[{ pre: false, proxy: false, probeNodes: false }, ["data-plane", "nodes", "pre-installation"]],
		[{ pre: false, proxy: true, probeNodes: true }, ["pre-installation"]],
	])("are left out as the help text says for %j", (request, expected) => {
		const wanted: readonly string[] = wantedCategories(request);
		const left = categories.map(({ name }) => name).filter((name) => !wanted.includes(name));
		expect(left.toSorted()).toEqual(expected);
	});
});
