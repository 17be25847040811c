import { allFunctions } from "../functions/all.ts";
import { fixed } from "../functions/function.ts";
import { trimSpace } from "../go/text.ts";
import { compareStrings, deepCopyMap, type GoMap, GoObject, type Value } from "../go/value.ts";
import { satisfies } from "../go/version.ts";
import { type ChartPort, toPlainMap } from "../port.ts";
import { ChartError } from "../result.ts";
import { Engine } from "../template/engine.ts";
import { coalesce } from "../values/merge-sources.ts";
import type { Chart } from "./load-chart.ts";
import { compareKinds, type Manifest, readManifest, splitManifests } from "./manifest.ts";

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

/** The text of every file but partials. All share one context, so that what one template sets, the next one sees. */
function renderTemplates(chart: Chart, top: GoMap, port: ChartPort): Map<string, string> {
	const engine = new Engine([...chart.templates.values()].flat(), allFunctions(port));
	const texts = new Map<string, string>();
	for (const path of chart.templates.keys()) {
		if (!/(?:^|\/)_[^/]*$/.test(path)) {
			texts.set(path, engine.render(path, top) ?? "");
		}
	}
	return texts;
}

function topLevel(chart: Chart, values: GoMap, release: Release, capabilities: Capabilities): GoMap {
	const { name, namespace, revision = 1, isUpgrade = false } = release;
	const getFile = fixed(["string"], (path) => chart.files.get(path) ?? "");
	const entries: [string, Value][] = [
		["Chart", chart.metadata.object],
		["Files", new GoObject("engine.files", {}, { methods: { Get: getFile } })],
		[
			"Release",
			new Map<string, Value>([
				["Name", name],
				["Namespace", namespace],
				["IsUpgrade", isUpgrade],
				["IsInstall", !isUpgrade],
				["Revision", BigInt(revision)],
				["Service", "Helm"],
			]),
		],
		["Capabilities", capabilitiesObject(capabilities)],
		["Values", values],
	];
	return new Map(entries);
}

/** The stream of documents that `helm template` prints, each with the file that it comes from. */
export function formatRelease({ manifests, hooks }: RenderedChart): string {
	const document = ({ path, text }: Manifest): string => `---\n# Source: ${path}\n${text}\n`;
	return `${trimSpace(manifests.map(document).join(""))}\n${hooks.map(document).join("")}`;
}

/** The cluster that is rendered for. */
export interface Capabilities {
	/** Such as `v1.34.1`. */
	readonly kubeVersion: string;
}

/** `.Capabilities`, of which our charts ask for the version alone. */
function capabilitiesObject({ kubeVersion }: Capabilities): GoObject {
	const version = fullVersion(kubeVersion);
	const [major = "", minor = ""] = version.slice(1).split(".");
	return new GoObject("*common.Capabilities", {
		KubeVersion: new GoObject(
			"common.KubeVersion",
			{ Version: version, Major: major, Minor: minor },
			{ text: version },
		),
	});
}

/** At least two numbers; what follows them is dropped, as by `helm template --kube-version`. */
function fullVersion(text: string): string {
	const numbers = /^\s*v?(\d+(?:\.\d+)+)/.exec(text)?.[1]?.split(".").map(Number);
	if (numbers === undefined) {
		throw new ChartError({ message: `invalid Kubernetes version "${text}"` });
	}
	return `v${numbers.join(".")}`;
}

/** Fails where the chart does not run on that Kubernetes. */
function checkKubeVersion(wanted: string, { kubeVersion }: Capabilities): void {
	const full = fullVersion(kubeVersion);
	if (wanted !== "" && satisfies(full, wanted) !== true) {
		throw new ChartError({
			message: `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${full}`,
			file: "Chart.yaml",
		});
	}
}
