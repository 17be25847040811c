import { parseLogFilter } from "../domain/log-level.ts";
import { version } from "../domain/version.ts";
import type { ValidatorConfig } from "./config.ts";
import { type ReleaseImages, readImage } from "./config-image.ts";
import type { ConfigSection } from "./config-section.ts";
import { parseLogFormat, parseSocketAddress, parseTimeout } from "./config-words.ts";
import { imageNames } from "./names.ts";

/** `networkValidator`. */
export function readValidator(section: ConfigSection, images: ReleaseImages): ValidatorConfig {
	return {
		enabled: section.boolean("enabled", true),
		image: readImage(section, images, { name: imageNames.shunt, version }),
		logLevel: section.parsed<string>("logLevel", parseLogFilter, "debug"),
		logFormat: section.parsed<string>("logFormat", parseLogFormat, "plain"),
		connectAddr: section.parsed<string | undefined>("connectAddr", parseSocketAddress, undefined),
		listenAddr: section.parsed<string | undefined>("listenAddr", parseSocketAddress, undefined),
		timeout: section.parsed("timeout", parseTimeout, "10s"),
		enableSecurityContext: section.boolean("enableSecurityContext", true),
		securityContext: section.object("securityContext"),
	};
}
