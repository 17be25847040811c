import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { helmProgram, renderWithHelm } from "./support/helm.ts";
import { kitchenSink } from "./support/kitchen-sink.ts";
import { renderObjects, renderWithOurs } from "./support/ours.ts";
import { chartYaml } from "./support/snippets.ts";

/** The chart that `helm create` makes, which has most of what charts do. */
function starterChart(): Record<string, Uint8Array> {
	const folder = mkdtempSync(join(tmpdir(), "shunt-chart-"));
	try {
		execFileSync(helmProgram(), ["create", "starter"], { cwd: folder, stdio: "ignore" });
		const root = join(folder, "starter");
		const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => join(root, path));
		return Object.fromEntries(
			paths
				.filter((path) => statSync(path).isFile())
				.map((path) => [relative(root, path), new Uint8Array(readFileSync(path))]),
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

describe("whole charts", () => {
	it("come out the same, with everything that surrounds templates", () => {
		const ours = renderWithOurs(kitchenSink);
		expect(ours).toEqual(renderWithHelm(kitchenSink));
		expect(ours.ok && ours.text.length).toBeGreaterThan(2000);
	});

	it("come out the same with their custom resource definitions", () => {
		expect(renderWithOurs(kitchenSink, {}, { includeCrds: true })).toEqual(
			renderWithHelm(kitchenSink, ["--include-crds"]),
		);
	});

	it("have notes, which are no manifest", () => {
		const result = renderObjects(kitchenSink);
		expect(result.ok && result.value.notes).toBe("Thanks for sink.\n");
	});

	describe("the starter chart", () => {
		const files = starterChart();

		it.each([
			[[]],
			[["ingress.enabled=true"]],
			[["autoscaling.enabled=true,replicaCount=3"]],
			[["httpRoute.enabled=true"]],
			[["image.tag=1.2,nameOverride=foo,fullnameOverride=bar"]],
			[["serviceAccount.create=false,serviceAccount.name=x"]],
			[["podSecurityContext.fsGroup=2000,podAnnotations.a=1,resources.limits.cpu=100m"]],
			[["tolerations[0].key=a,tolerations[0].operator=Exists,nodeSelector.x=y"]],
			[["image=null"]],
			[["service=null"]],
		])("with %j", (set) => {
			const helm = renderWithHelm(
				files,
				set.flatMap((value) => ["--set", value]),
			);
			const ours = renderWithOurs(files, { set });
			expect(ours.ok).toBe(helm.ok);
			expect(ours.ok && ours.text).toBe(helm.ok && helm.text);
		});
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
		["required", { "templates/a.yaml": '\n\n{{ required "need: b" .Values.b }}' }],
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
