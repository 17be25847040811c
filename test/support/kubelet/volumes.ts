import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fieldOf } from "./downward.ts";
import type { PodManifest, VolumeSpec } from "./pod-spec.ts";

/** Data by the name of the ConfigMap that holds it. */
export type ConfigMaps = ReadonlyMap<string, Readonly<Record<string, string>>>;

interface Surroundings {
	readonly pod: PodManifest;
	readonly ip: string;
	readonly configMaps: ConfigMaps;
	/** Below which the volumes are made. */
	readonly folder: string;
}

/** Makes the pod's volumes on the machine; answers their folders by name. */
export function makeVolumes(surroundings: Surroundings): Map<string, string> {
	return new Map(
		(surroundings.pod.spec.volumes ?? []).map((volume) => [volume.name, makeVolume(volume, surroundings)]),
	);
}

function makeVolume(volume: VolumeSpec, surroundings: Surroundings): string {
	const folder = mkdtempSync(join(surroundings.folder, `${volume.name}-`));
	// An emptyDir is for every user; the others are mounted read-only or hold nobody's secrets.
	chmodSync(folder, volume.emptyDir === undefined ? 0o755 : 0o777);
	for (const [name, text] of Object.entries(contentOf(volume, surroundings))) {
		writeFileSync(join(folder, name), text, { mode: 0o644 });
	}
	return folder;
}

function contentOf(
	volume: VolumeSpec,
	{ pod, ip, configMaps }: Surroundings,
): Readonly<Record<string, string>> {
	if (volume.configMap !== undefined) {
		const data = configMaps.get(volume.configMap.name);
		if (data === undefined) {
			throw new Error(`there is no ConfigMap ${volume.configMap.name}`);
		}
		return data;
	}
	const items = volume.downwardAPI?.items ?? [];
	return Object.fromEntries(items.map(({ path, fieldRef }) => [path, fieldOf(pod, ip, fieldRef.fieldPath)]));
}
