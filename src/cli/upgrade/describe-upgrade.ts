import { parseValues, type RenderedChart } from "../../chart/index.ts";
import { storeName } from "../chart/store.ts";
import { listChanges } from "./list-changes.ts";
import { readStore, type StoredRelease } from "./stored-release.ts";

/** What the release will store of itself. */
export function newStore({ manifests }: RenderedChart): StoredRelease {
	const manifest = manifests.find(({ kind, name }) => kind === "ConfigMap" && name === storeName);
	const object = parseValues(manifest?.path ?? "", manifest?.text ?? "");
	if (!object.ok) {
		throw new Error(`the chart makes no ConfigMap ${storeName}`);
	}
	return readStore(object.value, `the chart's ConfigMap ${storeName}`);
}

/** What changes, for the user, a line each. */
export function describeUpgrade(before: StoredRelease | undefined, after: StoredRelease): string[] {
	if (before === undefined) {
		return ["what is stored was not looked at: every value is the chart's default or given"];
	}
	const { version, values, helmRelease } = before;
	const lines = [
		...(version === after.version ? [] : [`version: ${version ?? "(unknown)"} → ${after.version}`]),
		...listChanges(values, after.values),
	];
	return [
		...(lines.length === 0 ? ["no value changes"] : lines),
		...(helmRelease === undefined
			? []
			: [
					`note: Helm installed this as "${helmRelease}"; "helm upgrade" does the same and keeps Helm's own record up to date`,
				]),
	];
}

/** Whether pods come out otherwise when they are injected the next time. */
export function isReinjecting(before: StoredRelease | undefined, after: StoredRelease): boolean {
	return (
		before?.config === undefined ||
		after.config === undefined ||
		listChanges(before.config, after.config).length > 0
	);
}
