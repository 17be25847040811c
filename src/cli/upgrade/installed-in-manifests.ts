import { parseAllDocuments } from "yaml";
import type { PlainValue } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import { isMap, valueAt } from "../chart/plain-maps.ts";
import { injectorName, storeName } from "../chart/store.ts";
import { isNamed, isStore, readStore, type StoredRelease } from "../chart/stored-release.ts";
import type { NamespaceOwner } from "../cluster/cluster-objects.ts";
import { badInput, Refusal } from "../install/outcome.ts";

/** An installed release, wherever it was read. */
export interface Installed {
	/** Undefined where it cannot be read and need not be (`--reset-values`). */
	readonly store: StoredRelease | undefined;
	/** What the cluster says it is. */
	readonly kubeVersion?: string;
	/** What the namespace is to the release, where a cluster was asked. */
	readonly namespaceOwner?: NamespaceOwner;
	/** The Secret with the injector's certificate of that name, as the API has it. */
	secret(name: string): Promise<PlainValue | undefined>;
	/** The webhook's configuration; undefined where there is none, or it may not be read. */
	webhook(): Promise<PlainValue | undefined>;
}

/**
 * The release whose ConfigMap and Secret are in a text: what `kubectl get configmap,secret -n shunt -o yaml` prints, or
 * the manifests that were applied.
 */
export function readInstalled(text: string, source: string, namespace: string, reset: boolean): Installed {
	const objects = readObjects(text, source);
	const store = objects.find((object) => isStore(object, namespace));
	if (store === undefined && !reset) {
		throw new Refusal(
			exitCodes.failed,
			`${source} has no ConfigMap ${storeName} of the namespace ${namespace}, so there is nothing to upgrade`,
		);
	}
	return {
		store: store === undefined || reset ? undefined : readStore(store, `${source}: ConfigMap ${storeName}`),
		secret: async (name) => {
			const secret = objects.find((object) => isNamed(object, "Secret", name, namespace));
			return secret === undefined ? undefined : withData(secret);
		},
		webhook: async () =>
			objects.find((object) => isNamed(object, "MutatingWebhookConfiguration", injectorName, undefined)),
	};
}

/** All objects, those of Lists too. */
function readObjects(text: string, source: string): PlainValue[] {
	const documents = parseAllDocuments(text);
	const errors = (Array.isArray(documents) ? documents : []).flatMap((document) => document.errors);
	const [error] = errors;
	if (error !== undefined) {
		const complaint = `is no YAML: ${error.message.split("\n", 1)[0]}`;
		throw badInput([{ source, complaint, accepted: "manifests" }]);
	}
	return (Array.isArray(documents) ? documents : [])
		.map((document): PlainValue => document.toJS())
		.flatMap((object) => {
			const items = valueAt(object, ["items"]);
			return Array.isArray(items) ? items : [object];
		});
}

/** `stringData` is for writing; the API has it as `data`. */
function withData(secret: PlainValue): PlainValue {
	const texts = valueAt(secret, ["stringData"]);
	if (!isMap(secret) || !isMap(texts)) {
		return secret;
	}
	const data = valueAt(secret, ["data"]);
	const encoded = Object.entries(texts).map(([key, value]): [string, string] => [
		key,
		Buffer.from(String(value)).toString("base64"),
	]);
	return { ...secret, data: { ...(isMap(data) ? data : {}), ...Object.fromEntries(encoded) } };
}
