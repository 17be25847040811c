import type { PodManifest } from "./pod-spec.ts";

/** A field of the downward API, by its path. */
export function fieldOf({ metadata }: PodManifest, podIp: string, path: string): string {
	const [, map, key = ""] = /^metadata\.(annotations|labels)\['([^']+)'\]$/.exec(path) ?? [];
	const fields: Readonly<Record<string, string | undefined>> = {
		"metadata.name": metadata.name,
		"metadata.namespace": metadata.namespace ?? "default",
		"status.podIP": podIp,
	};
	const value = map === undefined ? fields[path] : metadata[map as "annotations" | "labels"]?.[key];
	if (value === undefined) {
		throw new Error(`the pod has no field ${path}`);
	}
	return value;
}
