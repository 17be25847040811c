import type { StoredRelease } from "../chart/stored-release.ts";
import { listChanges } from "./list-changes.ts";

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
