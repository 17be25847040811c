import { allFunctions } from "../functions/all.ts";
import { basePath } from "../functions/paths.ts";
import { deepCopyMap } from "../go/deep-copy.ts";
import { compareStrings } from "../go/order.ts";
import { trimSpace } from "../go/rune.ts";
import { GoMap, int, type Value } from "../go/value.ts";
import { toPlainMap } from "../plain-value.ts";
import type { ChartPort } from "../port.ts";
import { ChartError } from "../result.ts";
import { Engine } from "../template/engine.ts";
import { TemplateSet } from "../template/template-set.ts";
import { coalesce } from "../values/merge.ts";
import { type Capabilities, capabilitiesObject, checkKubeVersion } from "./capabilities.ts";
import { filesObject } from "./files-object.ts";
import { compareKinds } from "./kind-order.ts";
import type { Chart } from "./load-chart.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { splitManifests } from "./split-manifests.ts";

/** What is installed under which name; `.Release` in templates. */
export interface Release {
	readonly name: string;
	readonly namespace: string;
	/** From 1, which is also the default. */
	readonly revision?: number;
	/** An upgrade rather than an installation. */
	readonly isUpgrade?: boolean;
}

/** What a chart comes to with given values. */
export interface RenderedChart {
	/** The objects, in the order in which Helm installs them. */
	readonly manifests: readonly Manifest[];
	/** Objects that Helm creates at certain moments only. */
	readonly hooks: readonly Manifest[];
	/** Custom resource definitions, which are never templates. */
	readonly crds: readonly { readonly path: string; readonly text: string }[];
	/** `templates/NOTES.txt`, rendered. */
	readonly notes: string;
	/** What Helm would log and go on. */
	readonly warnings: readonly string[];
}

/** Renders a chart as `helm template` does. `values` is used up. Throws {@link ChartError} and TemplateError. */
export function renderChart(
	chart: Chart,
	values: GoMap,
	release: Release,
	capabilities: Capabilities,
	port: ChartPort,
): RenderedChart {
	const warnings: string[] = [];
	const effective = coalesce(values, deepCopyMap(chart.values), (warning) => warnings.push(warning));
	validate(chart, effective, port);
	checkKubeVersion(chart.metadata.kubeVersion, capabilities);
	const texts = renderTemplates(chart, topLevel(chart, effective, release, capabilities), port);
	const notesPath = `${chart.metadata.name}/templates/NOTES.txt`;
	const manifests = [...texts]
		.filter(([path, text]) => !path.endsWith("NOTES.txt") && trimSpace(text) !== "")
		.sort(([a], [b]) => compareStrings(a, b))
		.flatMap(([path, text]) => splitManifests(text).map((document) => readManifest(path, document)))
		.sort((a, b) => compareKinds(a.kind, b.kind));
	const unknown = manifests.filter(({ hooks }) => hooks === undefined);
	warnings.push(
		...unknown.map(({ path, name }) => `${path}: left out ${name}, a hook of a kind that there is none of`),
	);
	return {
		manifests: manifests.filter(({ hooks }) => hooks?.length === 0),
		hooks: manifests.filter(({ hooks }) => hooks !== undefined && hooks.length > 0),
		crds: [...chart.crds].map(([path, text]) => ({ path, text })),
		notes: texts.get(notesPath) ?? "",
		warnings,
	};
}

function validate({ schema, metadata }: Chart, values: GoMap, { validateValues }: ChartPort): void {
	const complaints = schema === undefined ? [] : (validateValues?.(schema, toPlainMap(values)) ?? []);
	if (complaints.length > 0) {
		const intro = `values don't meet the specifications of the schema of ${metadata.name}:`;
		throw new ChartError({ message: [intro, ...complaints].join("\n- "), file: "values.schema.json" });
	}
}

function topLevel(
	chart: Chart,
	values: GoMap,
	release: Release,
	capabilities: Capabilities,
): [string, Value][] {
	const { name, namespace, revision = 1, isUpgrade = false } = release;
	return [
		["Chart", chart.metadata.object],
		["Files", filesObject(chart.files)],
		[
			"Release",
			new GoMap([
				["Name", name],
				["Namespace", namespace],
				["IsUpgrade", isUpgrade],
				["IsInstall", !isUpgrade],
				["Revision", int(revision)],
				["Service", "Helm"],
			]),
		],
		["Capabilities", capabilitiesObject(capabilities)],
		["Values", new GoMap(values.entries, "interface {}", { name: "chartutil.Values" })],
		["Subcharts", new GoMap()],
	];
}

/** The text of every file but partials. All share one context, so that what one template sets, the next one sees. */
function renderTemplates(
	chart: Chart,
	top: readonly [string, Value][],
	port: ChartPort,
): Map<string, string> {
	const functions = allFunctions(port);
	const templates = new TemplateSet();
	for (const defined of chart.templates.values()) {
		templates.add(defined);
	}
	const engine = new Engine(templates, functions);
	const context = new GoMap(top, "interface {}", { name: "chartutil.Values" });
	const texts = new Map<string, string>();
	for (const path of chart.templates.keys()) {
		const template = templates.get(path);
		if (template !== undefined && !basePath(path).startsWith("_")) {
			const position: [string, Value][] = [
				["Name", path],
				["BasePath", `${chart.metadata.name}/templates`],
			];
			context.entries.set("Template", new GoMap(position, "interface {}", { name: "chartutil.Values" }));
			texts.set(path, engine.render(template, context));
		}
	}
	return texts;
}
