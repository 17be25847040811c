import { expect, it } from "vitest";
import { pageHtml, scriptSafe } from "./page-html.ts";
import type { Subject } from "./subject.ts";

const subject: Subject = {
	label: "</script><!--&\u2028",
	source: "",
	rules: { kind: "none", why: "no" },
	notes: [],
	sender: {},
};

it("what is read stands in the page as JSON in which no markup can begin", () => {
	const html = pageHtml({ subjects: [subject], packet: {} }, { script: "run()", style: "p{}" }, () => "HASH");
	const [, json = ""] = /<script type="application\/json" id="payload">([^<]*)<\/script>/.exec(html) ?? [];
	expect(JSON.parse(json).subjects).toEqual([subject]);
	expect(json).not.toMatch(/[<>&\u2028]/);
	expect(html).toContain("script-src 'sha256-HASH'; style-src 'sha256-HASH'");
	expect(html).toContain("default-src 'none'");
});

it("escapes nothing else", () => {
	expect(scriptSafe({ a: "é漢🚀\"'\\" })).toBe(JSON.stringify({ a: "é漢🚀\"'\\" }));
});
