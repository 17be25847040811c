import { type PlainMap, type PlainValue, parseValues, type RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import { Refusal } from "../install/outcome.ts";
import { isMap, overlay, textAt, valueAt } from "./plain-maps.ts";
import { storedConfigKey, storedValuesKey, storeName } from "./store.ts";

/** What an installed release says of itself. */
export interface StoredRelease {
	readonly values: PlainMap;
	/** What its injector works by; undefined where that cannot be read, which only matters to comparisons. */
	readonly config: PlainMap | undefined;
	readonly version: string | undefined;
	/** The name under which `helm install` made it; Helm keeps a record of its own. */
	readonly helmRelease: string | undefined;
}

/** Reads a release's ConfigMap. Throws a Refusal where it is not what a release of ours stores. */
export function readStore(configMap: PlainValue, place: string): StoredRelease {
	const text = textAt(configMap, "data", storedValuesKey);
	if (text === undefined || text.trim() === "") {
		throw corrupt(place, `has no ${storedValuesKey}`);
	}
	const values = parseValues(`${place}: ${storedValuesKey}`, text, "exact");
	if (!values.ok) {
		const { file, line, message } = values.problem;
		throw corrupt(place, `cannot be read: ${file}${line === undefined ? "" : `:${line}`}: ${message}`);
	}
	return {
		values: withTextTags(values.value),
		config: parseConfig(textAt(configMap, "data", storedConfigKey)),
		version: textAt(configMap, "metadata", "labels", "app.kubernetes.io/version"),
		helmRelease: textAt(configMap, "metadata", "annotations", "meta.helm.sh/release-name"),
	};
}

/** A tag that a release before stored as a number is the text that its pods run with. */
function withTextTags(values: PlainMap): PlainMap {
	return ["proxyInit", "networkValidator", "proxy", "injector"].reduce((tagged, owner) => {
		const tag = valueAt(tagged, [owner, "image", "version"]);
		const isNumber = typeof tag === "number" || typeof tag === "bigint";
		return isNumber ? overlay(tagged, { [owner]: { image: { version: String(tag) } } }) : tagged;
	}, values);
}

/** What a release will store of itself. */
export function newStore({ manifests }: RenderedChart): StoredRelease {
	const manifest = manifests.find(({ kind, name }) => kind === "ConfigMap" && name === storeName);
	const object = parseValues(manifest?.path ?? "", manifest?.text ?? "", "exact");
	if (!object.ok) {
		throw new Error(`the chart makes no ConfigMap ${storeName}`);
	}
	return readStore(object.value, `the chart's ConfigMap ${storeName}`);
}

function parseConfig(text: string | undefined): PlainMap | undefined {
	const config = text === undefined ? undefined : parseValues(storedConfigKey, text, "exact");
	return config?.ok ? config.value : undefined;
}

function corrupt(place: string, complaint: string): Refusal {
	return new Refusal(
		exitCodes.failed,
		`${place} ${complaint}, so the values of this release are not known\nrepair it, or begin anew with --reset-values and all values that matter`,
	);
}

/** Whether an object is the ConfigMap in which a release in this namespace stores its values. */
export function isStore(object: PlainValue, namespace: string): boolean {
	return isNamed(object, "ConfigMap", storeName, namespace);
}

export function isNamed(
	object: PlainValue,
	kind: string,
	name: string,
	namespace: string | undefined,
): boolean {
	return (
		isMap(object) &&
		object["kind"] === kind &&
		valueAt(object, ["metadata", "name"]) === name &&
		(valueAt(object, ["metadata", "namespace"]) ?? namespace) === namespace
	);
}
