import { describe, expect, it } from "vitest";
import { keptPaths, parseIgnoreRules } from "./load-chart.ts";
import { compareKinds, splitManifests } from "./manifest.ts";

describe("the order of kinds", () => {
	it("is what others need first, and what Helm does not know last, by name", () => {
		const kinds = ["Zebra", "Deployment", "Apple", "Service", "Namespace", "ConfigMap", "APIService", ""];
		expect(kinds.sort(compareKinds)).toEqual([
			"Namespace",
			"ConfigMap",
			"Service",
			"Deployment",
			"APIService",
			"",
			"Apple",
			"Zebra",
		]);
	});
});

describe("splitting documents", () => {
	it.each([
		["a: 1\n---\nb: 2\n", ["a: 1", "b: 2"]],
		["---\na: 1\n---\n", ["a: 1"]],
		["a: 1\n\n \n---   \n\nb: 2", ["a: 1", "b: 2"]],
		["a: 1\n---\n---\nb: 2", ["a: 1", "---\nb: 2"]],
		["a: 1\n--- # why\nb: 2", ["a: 1", "# why\nb: 2"]],
		["a: |\n  ---\nb: 1", ["a: |\n  ---\nb: 1"]],
		["# only a comment", ["# only a comment"]],
		["", []],
		["---", []],
	])("%j", (text, documents) => {
		expect(splitManifests(text)).toEqual(documents);
	});
});

describe(".helmignore", () => {
	const paths = [
		"a.txt",
		"b.bak",
		"docs/a.md",
		"docs/deep/a.md",
		"secret/x",
		"templates/.x",
		"templates/a.yaml",
		"top.md",
	];

	it.each([
		["", ["a.txt", "b.bak", "docs/a.md", "docs/deep/a.md", "secret/x", "templates/a.yaml", "top.md"]],
		["# no rule\n\n*.bak\nsecret/\n", ["a.txt", "docs/a.md", "docs/deep/a.md", "templates/a.yaml", "top.md"]],
		["docs/*.md\n/top.md\n", ["a.txt", "b.bak", "docs/deep/a.md", "secret/x", "templates/a.yaml"]],
		["[ab].*\n", ["secret/x", "top.md"]],
		["!templates/*\n", []],
	])("%j", (rules, kept) => {
		expect(keptPaths(paths, parseIgnoreRules(rules))).toEqual(kept);
	});
});
