import { parseImageName, parseImageVersion, parsePullPolicy } from "../domain/annotation-image.ts";
import type { Image } from "./config.ts";
import type { ConfigSection } from "./config-section.ts";

export function readImage(parent: ConfigSection, otherwise: Pick<Image, "name" | "version">): Image {
	const section = parent.section("image");
	return {
		name: section.parsed("name", parseImageName, otherwise.name),
		version: section.parsed("version", parseImageVersion, otherwise.version),
		pullPolicy: section.parsed("pullPolicy", parsePullPolicy, "IfNotPresent"),
	};
}
