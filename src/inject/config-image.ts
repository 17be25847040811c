import {
	type PullPolicy,
	parseImageName,
	parseImageVersion,
	parsePullPolicy,
} from "../policy/annotation-image.ts";
import type { Image } from "./config.ts";
import type { ConfigSection } from "./config-section.ts";
import { parseRegistry } from "./config-words.ts";

/** What a release says of all its images. */
export interface ReleaseImages {
	readonly registry: string;
	readonly pullPolicy: PullPolicy;
}

export function readReleaseImages(root: ConfigSection): ReleaseImages {
	return {
		registry: root.parsed("imageRegistry", parseRegistry, ""),
		pullPolicy: root.parsed<PullPolicy>("imagePullPolicy", parsePullPolicy, "IfNotPresent"),
	};
}

export function readImage(
	parent: ConfigSection,
	{ registry, pullPolicy }: ReleaseImages,
	otherwise: Pick<Image, "name" | "version">,
): Image {
	const section = parent.section("image");
	return {
		name: withRegistry(registry, section.text("name", parseImageName, otherwise.name)),
		version: section.text("version", parseImageVersion, otherwise.version),
		pullPolicy: section.parsed("pullPolicy", parsePullPolicy, pullPolicy),
	};
}

/** The registry goes before names without one: where a first part has a dot or a colon, or is localhost, that is it. */
function withRegistry(registry: string, name: string): string {
	const hasOwn = /^(?:[^/]*[.:][^/]*|localhost)\//.test(name);
	return registry === "" || hasOwn ? name : `${registry.replace(/\/$/, "")}/${name}`;
}
