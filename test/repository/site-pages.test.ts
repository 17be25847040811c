import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withSiteLinks } from "../../scripts/docs/site-links.ts";
import { type SitePage, sidebarOf, sitePages } from "../../scripts/docs/site-pages.ts";

const pages = sitePages();
const cni = pages.find(({ path }) => path === "cni") as SitePage;
const chart = pages.find(({ path }) => path === "chart-shunt-cni") as SitePage;

function linked(text: string, page = cni, sourceUrl?: string): string {
	return withSiteLinks(page, text, pages, sourceUrl).text;
}

describe("links on their way to the site", () => {
	it.each([
		["[a](agent.md)", "[a](./agent.md)"],
		["[a](agent.md#security)", "[a](./agent.md#security)"],
		["[`a`](../charts/shunt/README.md#values)", "[`a`](./chart-shunt.md#values)"],
		["[a](adr/0001-rings.md)", "[a](./adr/0001-rings.md)"],
		["[a](../README.md)", "[a](./index.md)"],
		["[a](#faults)", "[a](#faults)"],
		["[a](https://example.com/x.md)", "[a](https://example.com/x.md)"],
	])("%s becomes %s", (text, expected) => {
		expect(linked(text)).toBe(expected);
	});

	it("count from where the page stands", () => {
		expect(linked("[a](../../docs/agent.md)", chart)).toBe("[a](./agent.md)");
	});

	it("to files that are no pages lead to where these can be read, if there is such a place", () => {
		expect(linked("[the table](../src/policy/fields.ts)")).toBe("the table");
		expect(linked("[the table](../src/policy/fields.ts)", cni, "https://example.com/blob/main/")).toBe(
			"[the table](https://example.com/blob/main/src/policy/fields.ts)",
		);
	});

	it("show pictures, which come along", () => {
		const { text, pictures } = withSiteLinks(cni, "![a](images/redirection.svg)", pages, undefined);
		expect(text).toBe("![a](./pictures/redirection.svg)");
		expect(pictures).toEqual(["docs/images/redirection.svg"]);
	});

	it("to nothing are an error that names both ends", () => {
		expect(() => linked("[a](nowhere.md)")).toThrow("docs/cni.md links to nowhere.md, which is not there");
	});

	it("are no links in code", () => {
		const code = "`[a](x.md)`\n\n    [a](x.md)\n\n```sh\n[a](x.md)\n```\n";
		expect(linked(code)).toBe(code);
	});

	it("lead to files that there are, on every page", () => {
		for (const page of pages) {
			expect(() => linked(readFileSync(page.source, "utf8"), page)).not.toThrow();
		}
	});

	it("have pictures with names of their own, since they all come into one folder", () => {
		const pictures = new Set(
			pages.flatMap(
				(page) => withSiteLinks(page, readFileSync(page.source, "utf8"), pages, undefined).pictures,
			),
		);
		const names = [...pictures].map((file) => file.split("/").at(-1));
		expect(new Set(names).size).toBe(names.length);
	});
});

describe("the site's sidebar", () => {
	const listed = sidebarOf(pages).flatMap(({ items }) => items.map(({ link }) => link));

	it("has every page once", () => {
		expect(listed.toSorted()).toEqual(
			pages.map(({ path }) => (path === "index" ? "/" : `/${path}`)).toSorted(),
		);
	});

	it("takes a page in that nobody has given a place, and names none that is not there", () => {
		const unplaced = { source: "docs/new.md", path: "new", title: "New" };
		const [first] = pages;
		const groups = sidebarOf([unplaced, ...(first === undefined ? [] : [first])]);
		expect(groups.find(({ text }) => text === "More")?.items).toEqual([{ text: "New", link: "/new" }]);
	});
});
