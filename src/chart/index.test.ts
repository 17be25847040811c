import { describe, expect, it } from "vitest";
import {
	type ChartFiles,
	type ChartResult,
	effectiveValues,
	formatChartProblem,
	formatRelease,
	loadChart,
	mergeValues,
	type PlainMap,
	parseValues,
	renderChart,
} from "./index.ts";

const files: ChartFiles = new Map([
	["Chart.yaml", "apiVersion: v2\nname: demo\nversion: 0.1.0\nappVersion: 1.2.3\n"],
	["values.yaml", "replicas: 1\nlabels: {tier: web}\nimage: null\n"],
	["values.schema.json", "{}"],
	["templates/_helpers.tpl", '{{ define "name" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}'],
	[
		"templates/deployment.yaml",
		'kind: Deployment\nmetadata:\n  name: {{ include "name" . }}\n  labels: {{- toYaml .Values.labels | nindent 4 }}\nreplicas: {{ .Values.replicas }}\n',
	],
	["templates/namespace.yaml", "kind: Namespace\nmetadata: {name: {{ .Release.Namespace }}}\n"],
	["templates/test.yaml", 'kind: Pod\nmetadata: {name: t, annotations: {"helm.sh/hook": "test"}}\n'],
	["templates/NOTES.txt", "replicas: {{ .Values.replicas }}\n"],
]);
const release = { name: "rel", namespace: "ns" };
const capabilities = { kubeVersion: "v1.34.0" };

function okay<T>(result: ChartResult<T>): T {
	if (!result.ok) {
		throw new Error(formatChartProblem(result.problem));
	}
	return result.value;
}

function problemOf(result: ChartResult<unknown>): string {
	return result.ok ? "none" : formatChartProblem(result.problem);
}

function withFile(path: string, text: string): ChartFiles {
	return new Map([...files, [path, text]]);
}

describe("a chart", () => {
	const chart = okay(loadChart(files));

	it("renders in the order in which it is installed, hooks apart", () => {
		const rendered = okay(renderChart(chart, {}, release, capabilities));
		expect(rendered.manifests.map(({ path, kind, name }) => [path, kind, name])).toEqual([
			["demo/templates/namespace.yaml", "Namespace", "ns"],
			["demo/templates/deployment.yaml", "Deployment", "rel-demo"],
		]);
		expect(rendered.hooks.map(({ name, hooks }) => [name, hooks])).toEqual([["t", ["test"]]]);
		expect(rendered.notes).toBe("replicas: 1\n");
		expect(rendered.warnings).toEqual([]);
	});

	it("prints as one stream", () => {
		const text = formatRelease(okay(renderChart(chart, {}, release, capabilities)));
		expect(text).toBe(`---
# Source: demo/templates/namespace.yaml
kind: Namespace
metadata: {name: ns}
---
# Source: demo/templates/deployment.yaml
kind: Deployment
metadata:
  name: rel-demo
  labels:
    tier: web
replicas: 1
---
# Source: demo/templates/test.yaml
kind: Pod
metadata: {name: t, annotations: {"helm.sh/hook": "test"}}
`);
	});

	it("renders again and again from the same defaults, whatever templates set", () => {
		const setting = okay(
			loadChart(
				withFile(
					"templates/set.yaml",
					'{{ $_ := set .Values.labels "n" (len .Values.labels) }}kind: A\nn: {{ .Values.labels.n }}\n',
				),
			),
		);
		const given: PlainMap = { labels: { x: "y" } };
		const texts = [1, 2].map(() => formatRelease(okay(renderChart(setting, given, release, capabilities))));
		expect(texts[0]).toContain("n: 2");
		expect(texts[1]).toBe(texts[0]);
		expect(given).toEqual({ labels: { x: "y" } });
	});

	it("takes values from files and flags", () => {
		const values = okay(
			mergeValues(
				{ files: ["v.yaml"], set: ["replicas=1000000"], setString: ["labels.n=5"], setFile: ["labels.f=f"] },
				(path) => ({ "v.yaml": "replicas: 2\nlabels: {tier: null}\n", f: "text" })[path],
			),
		);
		expect(values).toEqual({ replicas: 1_000_000n, labels: { tier: null, n: "5", f: "text" } });
		expect(effectiveValues(chart, values)).toEqual({
			replicas: 1_000_000n,
			labels: { n: "5", f: "text" },
			image: null,
		});
		const [, deployment] = okay(renderChart(chart, values, release, capabilities)).manifests;
		expect(deployment?.text).toContain('    f: text\n    "n": "5"\nreplicas: 1000000');
	});

	it("holds values against its schema, where the caller can", () => {
		const seen: unknown[] = [];
		const port = {
			validateValues: (schema: string, values: unknown) => {
				seen.push(schema, values);
				return ["at '/replicas': want a number", "another"];
			},
		};
		expect(problemOf(renderChart(chart, { replicas: "x" }, release, capabilities, port))).toBe(
			"values.schema.json: values don't meet the specifications of the schema of demo:\n- at '/replicas': want a number\n- another",
		);
		expect(seen).toEqual(["{}", { replicas: "x", labels: { tier: "web" }, image: null }]);
	});

	it("knows the cluster that it is rendered for", () => {
		const asking = okay(
			loadChart(
				withFile(
					"templates/ask.yaml",
					"kind: A\nk: {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }}\n",
				),
			),
		);
		const { manifests } = okay(
			renderChart(asking, {}, release, { ...capabilities, kubeVersion: "1.33.1-eks-5" }),
		);
		expect(manifests.find(({ kind }) => kind === "A")?.text).toBe("kind: A\nk: v1.33.1 33");
	});

	it("warns where Helm would log", () => {
		const odd = withFile(
			"templates/hook.yaml",
			"kind: Job\nmetadata: {name: odd, annotations: {helm.sh/hook: sometimes}}\n",
		);
		const rendered = okay(
			renderChart(okay(loadChart(odd)), { labels: "x", replicas: { a: 1 } }, release, capabilities),
		);
		expect(rendered.warnings).toEqual([
			"values: replicas is a map now, and was none in the chart",
			"values: labels is no map now, and was one in the chart",
			"demo/templates/hook.yaml: left out odd, a hook of a kind that there is none of",
		]);
	});
});

describe("a mistake is one sentence with its place", () => {
	it.each([
		["Chart.yaml", "name: x\n", "Chart.yaml: chart.metadata.version is required"],
		["Chart.yaml", "- x\n", "Chart.yaml: is not a map"],
		[
			"Chart.yaml",
			"name: demo\nversion: 1.0.0\ndependencies: [{name: x}]\n",
			"Chart.yaml: subcharts are not supported by this renderer",
		],
		[
			"charts/sub/Chart.yaml",
			"name: sub\n",
			"charts/sub/Chart.yaml: subcharts are not supported by this renderer",
		],
		[
			"crds/a.yaml",
			"kind: CustomResourceDefinition\n",
			"crds/a.yaml: custom resource definitions are not supported by this renderer",
		],
		[
			"values.yaml",
			"a: 1\nb: [\n",
			"values.yaml:3: Flow sequence in block collection must be sufficiently indented and end with a ]",
		],
		["values.yaml", "- a\n", "values.yaml: values are not a map"],
		["templates/x.yaml", "\n {{ nope }}", 'demo/templates/x.yaml:2:4: function "nope" not defined'],
		[
			"templates/x.yaml",
			'{{ template "name" . }}',
			"demo/templates/x.yaml:1:3: {{template}} is not supported by this renderer",
		],
	])("%s %j", (path, text, expected) => {
		expect(problemOf(loadChart(withFile(path, text)))).toBe(expected);
	});

	it.each([
		[
			"{{ .Values.image.tag }}",
			"demo/templates/x.yaml:1:10: <.Values.image.tag>: nil pointer evaluating interface {}.tag",
		],
		[
			'{{ include "name" }}',
			'demo/templates/x.yaml:1:3: <include "name">: wrong number of args for include: want 2 got 1',
		],
		['\n{{ fail "no such mode" }}', "demo/templates/x.yaml:2:3: no such mode"],
		[
			"a: 1\n b: 2\n",
			"demo/templates/x.yaml: <a: 1>: renders something that is no YAML, at line 1 of the document: Nested mappings are not allowed in compact mappings",
		],
		["- a\n", "demo/templates/x.yaml: renders a document that is no Kubernetes object"],
	])("%j", (text, expected) => {
		const chart = okay(loadChart(withFile("templates/x.yaml", text)));
		expect(problemOf(renderChart(chart, {}, release, capabilities))).toContain(expected);
	});

	it("names the include in between", () => {
		const chart = okay(
			loadChart(
				withFile("templates/x.yaml", '{{ define "x" }}\n{{ .Values.image.tag }}{{ end }}{{ include "x" . }}'),
			),
		);
		expect(problemOf(renderChart(chart, {}, release, capabilities))).toBe(
			"demo/templates/x.yaml:2:10: <.Values.image.tag>: nil pointer evaluating interface {}.tag (included at demo/templates/x.yaml:2:35)",
		);
	});

	it.each([
		[
			{ set: ["a"] },
			'--set: "a" cannot be read: key "a" has no value (want KEY=VALUE, such as a.b=1, a.b[0]=1 or a.b={1,2}, several with commas between them)',
		],
		[
			{ setJson: ["a={"] },
			`--set-json: "a={" cannot be read: Expected property name or '}' in JSON at position 1 (want KEY=JSON, such as a.b=[1,2])`,
		],
		[
			{ setString: ["a\nshunt install: b"] },
			'--set-string: "a\\nshunt install: b" cannot be read: key "a\\nshunt install: b" has no value (want KEY=TEXT, such as a.b=1, several with commas between them)',
		],
		[{ files: ["gone.yaml"] }, "gone.yaml: cannot be read"],
		[{ setFile: ["a=gone"] }, "gone: cannot be read"],
	])("%j", (sources, expected) => {
		expect(problemOf(mergeValues(sources, () => undefined))).toBe(expected);
	});

	it("is told for a Kubernetes that does not fit, or is none", () => {
		const fussy = okay(
			loadChart(withFile("Chart.yaml", "name: demo\nversion: 1.0.0\nkubeVersion: '>=1.99.0'\n")),
		);
		expect(problemOf(renderChart(fussy, {}, release, capabilities))).toBe(
			"Chart.yaml: chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.34.0",
		);
		const chart = okay(loadChart(files));
		expect(problemOf(renderChart(chart, {}, release, { ...capabilities, kubeVersion: "new" }))).toContain(
			'"new"',
		);
	});
});

describe("values as data", () => {
	it("are read as Helm does", () => {
		expect(parseValues("v.yaml", "a: yes\nb: 1\n")).toEqual({ ok: true, value: { a: true, b: 1 } });
	});

	it("keep large integers where they are to be exact, or refuse them with their place", () => {
		const text = "a: 9007199254740993\nb: {c: -9223372036854775808}\n";
		expect(parseValues("v.yaml", text, "exact")).toEqual({
			ok: true,
			value: { a: 9_007_199_254_740_993n, b: { c: -9_223_372_036_854_775_808n } },
		});
		expect(parseValues("v.yaml", text)).toEqual({
			ok: true,
			value: { a: 9_007_199_254_740_992, b: { c: -(2 ** 63) } },
		});
		expect(problemOf(parseValues("v.yaml", "a: 1\nb: 99999999999999999999\n", "exact"))).toBe(
			"v.yaml:2: 99999999999999999999 would be rounded (want an integer of 64 bits in decimal digits, or quotes where it is text)",
		);
	});
});
