import { describe, expect, it } from "vitest";
import { renderWithHelm } from "./support/helm.ts";
import { kitchenSink } from "./support/kitchen-sink.ts";
import { meaningOf } from "./support/objects.ts";
import { renderObjects, renderWithOurs } from "./support/ours.ts";
import { chartYaml } from "./support/snippets.ts";

describe("whole charts", () => {
	it("come out with the same objects, with everything that surrounds templates", () => {
		const ours = meaningOf(renderWithOurs(kitchenSink));
		expect(ours).toEqual(meaningOf(renderWithHelm(kitchenSink)));
		expect(Array.isArray(ours) && ours.length).toBeGreaterThan(15);
	});

	it("have notes, which are no manifest", () => {
		const result = renderObjects(kitchenSink);
		expect(result.ok && result.value.notes).toBe("Thanks for sink.\n");
	});
});

describe("charts that are refused by both", () => {
	const chart = { "Chart.yaml": chartYaml, "values.yaml": "a: 1\n", "templates/a.yaml": "kind: A\n" };

	it.each([
		["a kubeVersion that does not fit", { "Chart.yaml": `${chartYaml}kubeVersion: ">=1.99.0"\n` }],
		["no Chart.yaml", { "Chart.yaml": undefined }],
		["no name", { "Chart.yaml": "apiVersion: v2\nversion: 0.1.0\n" }],
		["no version", { "Chart.yaml": "apiVersion: v2\nname: demo\n" }],
		["a version that is none", { "Chart.yaml": "apiVersion: v2\nname: demo\nversion: one\n" }],
		["a name that is a path", { "Chart.yaml": "apiVersion: v2\nname: a/b\nversion: 0.1.0\n" }],
		["a type that is none", { "Chart.yaml": `${chartYaml}type: other\n` }],
		["a library chart", { "Chart.yaml": `${chartYaml}type: library\n` }],
		[
			"a dependency that is not there",
			{ "Chart.yaml": `${chartYaml}dependencies: [{name: x, version: 1.0.0}]\n` },
		],
		["values that are a list", { "values.yaml": "- a\n" }],
		["values that are no YAML", { "values.yaml": "a: [\n" }],
		["an infinite value", { "values.yaml": "a: .inf\n" }],
		["a null key", { "values.yaml": "~: a\n" }],
		["a manifest that is no YAML", { "templates/a.yaml": "kind: A\n  b: c\n" }],
		["a manifest that is a list", { "templates/a.yaml": "- kind: A\n" }],
		["a manifest that is text", { "templates/a.yaml": "just text\n" }],
		["metadata that is text", { "templates/a.yaml": "kind: A\nmetadata: x\n" }],
		["a kind that is a list", { "templates/a.yaml": "kind: [A]\n" }],
		[
			"an annotation that is a map",
			{ "templates/a.yaml": "kind: A\nmetadata: {annotations: {a: {b: c}}}\n" },
		],
		["a partial that cannot be parsed", { "templates/_a.tpl": "{{ if }}" }],
		[
			"one name twice in a file",
			{ "templates/_a.tpl": '{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}' },
		],
		["notes that fail", { "templates/NOTES.txt": '{{ fail "no" }}' }],
		[
			"a template that includes itself",
			{ "templates/a.yaml": '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}' },
		],
		[".helmignore with two stars", { ".helmignore": "a/**\n" }],
		[".helmignore that keeps one file, which to Helm means no other", { ".helmignore": "!README.md\n" }],
	])("%s", (_, changed: Record<string, string | undefined>) => {
		const files = Object.fromEntries(
			Object.entries({ ...chart, ...changed }).filter(
				(entry): entry is [string, string] => entry[1] !== undefined,
			),
		);
		expect(renderWithHelm(files).ok).toBe(false);
		expect(renderWithOurs(files).ok).toBe(false);
	});
});

describe("what the chart's author says to the user", () => {
	const values = "a: 1\n";

	it.each([
		["fail", { "templates/a.yaml": 'x\n  {{ fail "the author is sorry" }}' }],
		["multi-byte", { "templates/a.yaml": '✓✓{{ fail "déjà vu" }}' }],
	])("by %s, with the same place", (_, changed) => {
		const files = { "Chart.yaml": chartYaml, "values.yaml": values, ...changed };
		const helm = renderWithHelm(files);
		const ours = renderWithOurs(files);
		const [, place = "", message = ""] =
			/execution error at \((.*?)\): (.*)\n/.exec(helm.ok ? "" : helm.error) ?? [];
		expect(message).not.toBe("");
		expect(ours).toEqual({ ok: false, error: `${place}: ${message}` });
	});
});
