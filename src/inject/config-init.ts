import { parseSeconds } from "../domain/duration.ts";
import { parseLogLevel } from "../domain/log-level.ts";
import { version } from "../domain/version.ts";
import type { InitConfig } from "./config.ts";
import { type ReleaseImages, readImage } from "./config-image.ts";
import { readResources } from "./config-resources.ts";
import type { ConfigSection } from "./config-section.ts";
import { parseLabel, parseLogFormat, parseMountPath, parseRunAs } from "./config-words.ts";
import { imageNames, xtablesVolume } from "./names.ts";

/** `proxyInit`, but for what it says of the policy. */
export function readInit(section: ConfigSection, images: ReleaseImages): InitConfig {
	const xtMountPath = section.section("xtMountPath");
	return {
		image: readImage(section, images, { name: imageNames.init, version }),
		resources: readResources(section.section("resources")),
		closeWaitSeconds: section.parsed("closeWaitTimeoutSecs", parseSeconds, 0),
		logLevel: section.parsed<string | undefined>("logLevel", parseLogLevel, undefined),
		logFormat: section.parsed<string | undefined>("logFormat", parseLogFormat, undefined),
		runAsRoot: section.boolean("runAsRoot", false),
		runAsUser: section.parsed("runAsUser", parseRunAs, nobody),
		runAsGroup: section.parsed("runAsGroup", parseRunAs, nobody),
		privileged: section.boolean("privileged", false),
		xtMountPath: {
			name: xtMountPath.text("name", parseLabel, xtablesVolume),
			mountPath: xtMountPath.parsed("mountPath", parseMountPath, "/run"),
		},
	};
}

const nobody = 65_534;
