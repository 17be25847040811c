import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderWithHelm } from "./support/helm.ts";
import { renderWithOurs } from "./support/ours.ts";
import { asJson, data } from "./support/random-data.ts";
import { chartYaml, decoded } from "./support/snippets.ts";

const samples = fc.sample(data, { numRuns: 800, seed: 7 });
const json = `{${samples.map((value, i) => `"v${i}":${asJson(value)}`).join(",\n")}}`;

/** Both sides' texts of every sample, made by one pipeline. */
function textsOf(pipeline: string) {
	const entries = samples.map(
		(_, i) => `  v${i}: {{ index .Values "v${i}" | ${pipeline} | b64enc | quote }}\n`,
	);
	const files = {
		"Chart.yaml": chartYaml,
		"values.yaml": "",
		"values.json": json,
		"templates/all.yaml": `kind: ConfigMap\ndata:\n${entries.join("")}`,
	};
	const helm = decoded(renderWithHelm(files, ["-f", "values.json"]));
	const ours = decoded(renderWithOurs(files, { files: ["values.json"] }));
	return { helm, ours };
}

describe("random data from a values file", () => {
	it.each([
		"toYaml",
		"toJson",
		"toPrettyJson",
		"toString",
		"quote",
		'printf "%d"',
		'printf "%6.2f"',
		'printf "%t"',
		'toString | printf "%x"',
		"toYaml | nindent 4",
		"toYaml | sha256sum",
	])("comes out of %s as it does from Helm", (pipeline) => {
		const { helm, ours } = textsOf(pipeline);
		expect(ours).toEqual(helm);
		expect(helm.size).toBe(samples.length);
	});
});
