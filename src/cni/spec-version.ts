/**
 * The versions of the CNI specification that the plugin speaks, oldest first. Chaining, without which it has nothing to do,
 * came with 0.3.0 (https://github.com/containernetworking/cni/blob/main/SPEC.md, "Released versions").
 */
export const specVersions = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;

export type SpecVersion = (typeof specVersions)[number];

export const newestVersion: SpecVersion = "1.1.0";

/** Undefined for one that is not spoken. */
export function findVersion(text: string): SpecVersion | undefined {
	return specVersions.find((version) => version === text);
}

export function isAtLeast(version: SpecVersion, least: SpecVersion): boolean {
	return specVersions.indexOf(version) >= specVersions.indexOf(least);
}

/** What {@link findVersion} takes, in words. */
export const spokenVersions = specVersions.join(", ");
