import { CoreV1Api } from "@kubernetes/client-node";
import { formatProblem } from "../../domain/problem.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { isObject, type JsonObject } from "../../inject/json.ts";
import { parseInjectConfig } from "../../inject/parse-config.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { parseOneDocument } from "../../yaml/documents.ts";
import { storedConfigKey, storedValuesKey, storeName } from "../chart/store.ts";

/** A part of the ConfigMap: what it says, or every reason why that cannot be read. */
export type Reading<T> =
	| Found<T>
	/** There is no such ConfigMap. */
	| { readonly kind: "absent" };

type Found<T> =
	| { readonly kind: "read"; readonly value: T }
	| { readonly kind: "unreadable"; readonly complaints: readonly string[] };

/** Reads anew each time, since a release may be on its way. */
export interface ReleaseReader {
	values(): Promise<Reading<JsonObject>>;
	config(): Promise<Reading<InjectConfig>>;
}

export function releaseReader(cluster: Cluster, namespace: string): ReleaseReader {
	const core = cluster.api(CoreV1Api);
	const read = async (key: string): Promise<Reading<JsonObject>> => {
		const map = await cluster.find(core.readNamespacedConfigMap({ name: storeName, namespace }));
		return map === undefined ? { kind: "absent" } : readObject(map.data?.[key], key);
	};
	return {
		values: () => read(storedValuesKey),
		config: async () => {
			const reading = await read(storedConfigKey);
			return reading.kind === "read" ? configOf(reading.value) : reading;
		},
	};
}

/** A release's values, as the text that it keeps them in. */
export function readValuesText(text: string | undefined): Found<JsonObject> {
	return readObject(text, storedValuesKey);
}

/** What an injector would make of this text. */
export function readConfigText(text: string | undefined): Found<InjectConfig> {
	const reading = readObject(text, storedConfigKey);
	return reading.kind === "read" ? configOf(reading.value) : reading;
}

function readObject(text: string | undefined, key: string): Found<JsonObject> {
	if (text === undefined) {
		return { kind: "unreadable", complaints: [`the ConfigMap ${storeName} has no key ${key}`] };
	}
	const read = parseOneDocument(text, key);
	if (!read.ok) {
		return { kind: "unreadable", complaints: read.problems.map(formatProblem) };
	}
	const value = read.value ?? {};
	return isObject(value)
		? { kind: "read", value }
		: { kind: "unreadable", complaints: [`${key}: is not a mapping (want keys with values below them)`] };
}

function configOf(value: JsonObject): Found<InjectConfig> {
	const config = parseInjectConfig(value);
	return config.ok
		? { kind: "read", value: config.value }
		: { kind: "unreadable", complaints: config.problems.map(formatProblem) };
}
