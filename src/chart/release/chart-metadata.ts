import { GoObject, type Value } from "../go/value.ts";
import { parseVersion } from "../go/version.ts";
import { ChartError } from "../result.ts";
import { scalarText } from "../yaml/read-yaml.ts";

/** What `Chart.yaml` says. */
export interface ChartMetadata {
	readonly name: string;
	readonly version: string;
	readonly appVersion: string;
	/** The Kubernetes versions that the chart runs on, as a constraint; empty for all. */
	readonly kubeVersion: string;
	/** What templates see as `.Chart`. */
	readonly object: GoObject;
}

/** The texts of Helm's `chart.Metadata` by their names in YAML. Its lists and maps no template of ours asks for. */
const texts = {
	Name: "name",
	Version: "version",
	AppVersion: "appVersion",
	Description: "description",
	KubeVersion: "kubeVersion",
	Type: "type",
} as const;

/** Reads what Helm's loader reads, and refuses what it refuses; subcharts, which Helm knows and we do not, too. */
export function readMetadata(yaml: Value): ChartMetadata {
	if (!(yaml instanceof Map)) {
		throw problem("is not a map");
	}
	const fields = Object.fromEntries(
		Object.entries(texts).map(([field, name]) => [field, textOf(yaml.get(name), name)]),
	) as Record<keyof typeof texts, string>;
	check(fields);
	const dependencies = yaml.get("dependencies");
	if (Array.isArray(dependencies) && dependencies.length > 0) {
		throw problem("subcharts are not supported by this renderer");
	}
	return {
		name: fields.Name,
		version: fields.Version,
		appVersion: fields.AppVersion,
		kubeVersion: fields.KubeVersion,
		object: new GoObject("chart.Metadata", fields),
	};
}

function check({ Name: name, Version: version, Type: type }: Record<keyof typeof texts, string>): void {
	if (name === "" || name === "." || name === ".." || name.includes("/")) {
		throw problem(
			name === "" ? "chart.metadata.name is required" : `chart.metadata.name "${name}" is invalid`,
		);
	}
	if (parseVersion(version) === undefined) {
		throw problem(
			version === ""
				? "chart.metadata.version is required"
				: `chart.metadata.version "${version}" is invalid`,
		);
	}
	if (type === "library") {
		throw problem("library charts are not installable");
	}
	if (type !== "" && type !== "application") {
		throw problem("chart.metadata.type must be application or library");
	}
}

/** Numbers and booleans where text is wanted are taken for what they look like. */
function textOf(value: Value, name: string): string {
	if (typeof value === "object" && value !== null) {
		throw problem(`${name} is not text`);
	}
	return value == null ? "" : typeof value === "string" ? value : scalarText(value);
}

function problem(message: string): ChartError {
	return new ChartError({ message, file: "Chart.yaml" });
}
