import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Rendered, renderWithHelm } from "./support/helm.ts";
import { renderWithOurs } from "./support/ours.ts";
import { asJson, data } from "./support/random-data.ts";
import { chartYaml, decoded } from "./support/snippets.ts";

/** A key `<<` Helm takes for a merge, whatever quotes it is in; U+2028 breaks a line for it, and for us it does not. */
const isOdd = (value: unknown) => /"<<":|[\u0085\u2028\u2029]/.test(JSON.stringify(value));
const samples = fc.sample(data, { numRuns: 900, seed: 7 }).filter((value) => !isOdd(value));

/** A chart that puts every value through one pipeline. */
function chartOf(pipeline: string, values: readonly string[]) {
	const entries = values.map(
		(_, i) =>
			`  v${i}: {{ with dict "v" (index .Values "v${i}") }}{{ ${pipeline} | b64enc | quote }}{{ end }}\n`,
	);
	return {
		"Chart.yaml": chartYaml,
		"values.yaml": "",
		"values.json": `{${values.map((value, i) => `"v${i}":${value}`).join(",\n")}}`,
		"templates/all.yaml": `kind: ConfigMap\ndata:\n${entries.join("")}`,
	};
}

function textsOf(rendered: Rendered): string[] {
	const texts = decoded(rendered);
	return samples.map((_, i) => texts.get(`v${i}`) ?? "none");
}

function helms(pipeline: string, values: readonly string[] = samples.map(asJson)): string[] {
	return textsOf(renderWithHelm(chartOf(pipeline, values), ["-f", "values.json"]));
}

function ours(pipeline: string, values: readonly string[] = samples.map(asJson)): string[] {
	return textsOf(renderWithOurs(chartOf(pipeline, values), { files: ["values.json"] }));
}

/** Among others, so that nothing is at the end of the text, where `toYaml` cuts a line feed off. */
const among = 'dict "a" 1 "v" .v "z" 2';

describe("random data from a values file", () => {
	it("is a lot", () => {
		expect(samples.length).toBeGreaterThan(700);
	});

	it.each([".v | toJson", ".v | toRawJson", ".v | toString", ".v | quote"])(
		"comes out of %s as it does from Helm",
		(pipeline) => {
			expect(ours(pipeline)).toEqual(helms(pipeline));
		},
	);

	it.each(["toYaml", "toYaml | nindent 4"])(
		"comes out of %s as YAML that Helm reads as the same",
		(pipeline) => {
			const written = ours(`${among} | ${pipeline}`);
			const refused = helms(`${among} | toYaml`).map((text) => text === "");
			const read = helms(".v | fromYaml | toJson", written.map(asJson));
			const wanted = helms(`${among} | toJson`).map((json, i) => (refused[i] === true ? "{}" : json));
			expect(read).toEqual(wanted);
		},
	);

	it("that Helm wrote as YAML we read as Helm does", () => {
		const written = helms(`${among} | toYaml`).map(asJson);
		const [theirs, own] = [helms(".v | fromYaml | toJson", written), ours(".v | fromYaml | toJson", written)];
		const isRefused = (json = "") => json.startsWith('{"Error":');
		expect(own.map((json) => (isRefused(json) ? "refused" : json))).toEqual(
			theirs.map((json) => (isRefused(json) ? "refused" : json)),
		);
		expect(theirs.filter(isRefused).length).toBeLessThan(20);
	});
});
