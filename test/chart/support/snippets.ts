import { expect } from "vitest";
import { type Files, type Rendered, renderWithHelm } from "./helm.ts";
import { renderWithOurs } from "./ours.ts";

export const chartYaml = `apiVersion: v2
name: demo
version: 0.1.0
appVersion: "1.2.3"
description: a demo
keywords: [a, b]
annotations: {x: y, z: 5}
maintainers: [{name: me, email: me@example.com}]
`;

/**
 * A chart that renders many pieces of template at once: each is a `define`, and comes out in base64, so that Helm's own
 * trimming and splitting leaves every byte in place.
 */
function chartOf(snippets: readonly string[], values: string): Files {
	const partials = snippets.map((snippet, i) => `{{ define "case${i}" }}${snippet}{{ end }}`);
	const entries = snippets.map((_, i) => `  c${i}: {{ include "case${i}" $ | b64enc | quote }}\n`);
	return {
		"Chart.yaml": chartYaml,
		"values.yaml": values,
		"templates/_cases.tpl": partials.join("\n"),
		"templates/all.yaml": `kind: ConfigMap\ndata:\n${entries.join("")}`,
	};
}

/** What the base64 values under `data` decode to, by their keys. */
export function decoded(rendered: Rendered): ReadonlyMap<string, string> {
	expect(rendered).toMatchObject({ ok: true });
	const text = rendered.ok ? rendered.text : "";
	return new Map(
		[...text.matchAll(/^ {2}(\w+): "(.*)"$/gm)].map(([, key = "", value = ""]) => [
			key,
			Buffer.from(value, "base64").toString(),
		]),
	);
}

/** Our text and Helm's, piece by piece. */
export function expectSameTexts(snippets: readonly string[], values: string): void {
	const files = chartOf(snippets, values);
	const [helm, ours] = [decoded(renderWithHelm(files)), decoded(renderWithOurs(files))];
	const named = (texts: ReadonlyMap<string, string>): [string, string | undefined][] =>
		snippets.map((snippet, i) => [snippet, texts.get(`c${i}`)]);
	expect(named(ours)).toEqual(named(helm));
	expect(helm.size).toBe(snippets.length);
}

/** Neither side renders it, and ours says where the mistake is. */
export function expectBothFail(snippet: string, values: string): void {
	const files = chartOf([snippet], values);
	const helm = renderWithHelm(files);
	const ours = renderWithOurs(files);
	expect({ snippet, helm: helm.ok, ours: ours.ok }).toEqual({ snippet, helm: false, ours: false });
	expect(ours.ok ? "" : ours.error).toMatch(
		/^demo\/templates\/\w+\.(tpl|yaml):\d+:\d+: |^text given to tpl:\d+:\d+: /,
	);
}
