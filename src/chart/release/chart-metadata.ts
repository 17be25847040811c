import { isPrint, isSpace } from "../go/rune.ts";
import { GoMap, GoObject, GoSlice, type JsonField, nilList, strings, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import { parseVersion } from "../semver/version.ts";
import { scalarText } from "../yaml/number-text.ts";

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

/** The fields of Helm's `chart.Metadata`, in its order: Go name, YAML name. */
const textFields = [
	["Name", "name"],
	["Home", "home"],
	["Version", "version"],
	["Description", "description"],
	["Icon", "icon"],
	["APIVersion", "apiVersion"],
	["Condition", "condition"],
	["Tags", "tags"],
	["AppVersion", "appVersion"],
	["KubeVersion", "kubeVersion"],
	["Type", "type"],
] as const;
const listFields = [
	["Sources", "sources"],
	["Keywords", "keywords"],
] as const;

/** Reads what Helm's loader reads, and refuses what it refuses; subcharts, which Helm knows and we do not, too. */
export function readMetadata(yaml: Value): ChartMetadata {
	if (!(yaml instanceof GoMap)) {
		throw problem("is not a map");
	}
	const texts = new Map(textFields.map(([field, name]) => [field, textOf(yaml.entries.get(name), name)]));
	const get = (field: string): string => texts.get(field as "Name") ?? "";
	const fields: Record<string, Value> = Object.fromEntries(texts);
	fields["APIVersion"] = get("APIVersion") || "v1";
	for (const [field, name] of listFields) {
		fields[field] = textsOf(yaml.entries.get(name), name);
	}
	check(fields, yaml);
	fields["Maintainers"] = maintainersOf(yaml.entries.get("maintainers"));
	fields["Annotations"] = annotationsOf(yaml.entries.get("annotations"));
	fields["Deprecated"] = yaml.entries.get("deprecated") === true;
	fields["Dependencies"] = nilList();
	fields["IsRoot"] = true;
	const object = new GoObject("struct { chart.Metadata; IsRoot bool }", { fields, json: jsonFields() });
	return {
		name: get("Name"),
		version: get("Version"),
		appVersion: get("AppVersion"),
		kubeVersion: get("KubeVersion"),
		object,
	};
}

/** In the order of Helm's struct, which is the order of its JSON. */
function jsonFields(): readonly JsonField[] {
	const names =
		"name home sources version description keywords maintainers icon apiVersion condition tags appVersion " +
		"deprecated annotations kubeVersion dependencies type";
	const fields = names.split(" ").map((name) => ({ field: fieldName(name), name, omitEmpty: true }));
	return [...fields, { field: "IsRoot", name: "IsRoot", omitEmpty: false }];
}

function fieldName(name: string): string {
	return name === "apiVersion" ? "APIVersion" : name.charAt(0).toUpperCase() + name.slice(1);
}

function check(fields: Record<string, Value>, yaml: GoMap): void {
	const { Name: name, Version: version, Type: type } = fields as Record<"Name" | "Version" | "Type", string>;
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
	const dependencies = yaml.entries.get("dependencies");
	if (dependencies instanceof GoSlice && dependencies.items.length > 0) {
		throw problem("subcharts are not supported by this renderer");
	}
}

/** Numbers and booleans where text is wanted are taken for what they look like. */
function textOf(value: Value, name: string): string {
	if (value === undefined || value === null) {
		return "";
	}
	if (typeof value === "object") {
		throw problem(`${name} is not text`);
	}
	return sanitize(scalarText(value));
}

/** Every kind of space becomes a space, and what does not print goes. */
function sanitize(text: string): string {
	return Array.from(text, (char) => (isSpace(char) ? " " : isPrint(char) ? char : "")).join("");
}

function textsOf(value: Value, name: string): GoSlice {
	if (value === undefined || value === null) {
		return nilList("string");
	}
	if (!(value instanceof GoSlice)) {
		throw problem(`${name} is not a list`);
	}
	return strings(value.items.map((item) => textOf(item, name)));
}

function maintainersOf(value: Value): GoSlice {
	const items = value instanceof GoSlice ? value.items : [];
	return new GoSlice(
		items.map((item) => {
			const part = (name: string) => textOf(item instanceof GoMap ? item.entries.get(name) : null, name);
			return new GoObject("*chart.Maintainer", {
				fields: { Name: part("name"), Email: part("email"), URL: part("url") },
				json: [
					{ field: "Name", name: "name", omitEmpty: true },
					{ field: "Email", name: "email", omitEmpty: true },
					{ field: "URL", name: "url", omitEmpty: true },
				],
			});
		}),
		"interface {}",
		{ name: "[]*chart.Maintainer" },
	);
}

function annotationsOf(value: Value): GoMap {
	if (!(value instanceof GoMap)) {
		return new GoMap([], "string", { isNil: true });
	}
	return new GoMap(
		[...value.entries].map(([key, item]) => [key, textOf(item, `annotations.${key}`)]),
		"string",
	);
}

function problem(message: string): ChartError {
	return new ChartError({ message, file: "Chart.yaml" });
}
