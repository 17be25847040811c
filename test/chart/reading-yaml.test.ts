import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderWithHelm } from "./support/helm.ts";
import { renderWithOurs } from "./support/ours.ts";
import { document } from "./support/random-yaml.ts";
import { chartYaml, decoded } from "./support/snippets.ts";

const documents = fc.sample(document, { numRuns: 6000, seed: 3 });
const files = {
	"Chart.yaml": chartYaml,
	"values.yaml": "",
	"documents.json": JSON.stringify({
		documents: documents.map((text) => Buffer.from(text).toString("base64")),
	}),
	"templates/all.yaml": `kind: ConfigMap
data:
{{- range $i, $d := .Values.documents }}
  d{{ $i }}: {{ $d | b64dec | fromYaml | toJson | b64enc | quote }}
{{- end }}
`,
};

const isRefused = (json: string): boolean => json.startsWith('{"Error":"');

describe("documents that are nearly YAML", () => {
	const helm = decoded(renderWithHelm(files, ["-f", "documents.json"]));
	const ours = decoded(renderWithOurs(files, { files: ["documents.json"] }));
	const both = [...helm].map(([key, text], i) => ({
		document: documents[i],
		helm: text,
		ours: ours.get(key) ?? "",
	}));
	const readByBoth = both.filter(({ helm, ours }) => !isRefused(helm) && !isRefused(ours));

	it("mean the same to Helm and to us where both read them", () => {
		expect(readByBoth.filter(({ helm, ours }) => helm !== ours)).toEqual([]);
		expect(readByBoth.length).toBeGreaterThan(1000);
	});

	it("are refused by both but for one in twenty, where one of the two forgives more than the other", () => {
		const disputed = both.filter(({ helm, ours }) => isRefused(helm) !== isRefused(ours));
		expect(disputed.length).toBeLessThan(documents.length / 20);
	});
});
