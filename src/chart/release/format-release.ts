import { trimSpace } from "../go/rune.ts";
import type { RenderedChart } from "./render-chart.ts";

/** The stream of documents that `helm template` prints, each with the file that it comes from. */
export function formatRelease(
	{ manifests, hooks, crds }: RenderedChart,
	options: { readonly includeCrds?: boolean } = {},
): string {
	const document = ({ path, text }: { readonly path: string; readonly text: string }): string =>
		`---\n# Source: ${path}\n${text}\n`;
	const definitions = options.includeCrds === true ? crds : [];
	const release = [...definitions, ...manifests].map(document).join("");
	return `${trimSpace(release)}\n${hooks.map(document).join("")}`;
}
