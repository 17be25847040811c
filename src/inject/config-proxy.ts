import { parseLogFilter } from "../domain/log-level.ts";
import { version } from "../domain/version.ts";
import { type ProxyConfig, type ProxyKind, proxyKinds } from "./config.ts";
import { type ReleaseImages, readImage } from "./config-image.ts";
import { readResources } from "./config-resources.ts";
import type { ConfigSection } from "./config-section.ts";
import { choice, parseLogFormat, parseUrlPath } from "./config-words.ts";
import { get } from "./json.ts";
import { imageNames } from "./names.ts";

/** `proxy`, but for its ports and ids, which are the policy's. */
export function readProxy(section: ConfigSection, images: ReleaseImages): ProxyConfig {
	const kind = section.parsed<ProxyKind>("kind", choice(proxyKinds), "shunt");
	refuseStray(section, kind);
	return {
		kind,
		image: readImage(section, images, defaultImages[kind]),
		nativeSidecar: section.boolean("nativeSidecar", true),
		resources: readResources(section.section("resources")),
		logLevel: section.parsed<string | undefined>("logLevel", parseLogFilter, undefined),
		logFormat: section.parsed<string | undefined>("logFormat", parseLogFormat, undefined),
		command: section.texts("command"),
		args: section.texts("args") ?? [],
		env: readEnv(section),
		readinessPath: section.parsed<string | undefined>("readinessPath", parseUrlPath, undefined),
		livenessPath: section.parsed<string | undefined>("livenessPath", parseUrlPath, undefined),
	};
}

/** What Kubernetes would refuse at every pod is said here. */
function readEnv(section: ConfigSection): ProxyConfig["env"] {
	const env = section.objects("env", "name");
	if (env.some((variable) => !["string", "undefined"].includes(typeof get(variable, "value")))) {
		section.complain("env", "has a value that is no text", 'text in quotes, such as "1.0"');
	}
	return env;
}

const defaultImages = {
	shunt: { name: imageNames.shunt, version },
	envoy: { name: "envoyproxy/envoy", version: "distroless-v1.40.0" },
	custom: { name: "", version: "" },
} as const;

/** What only one kind can use would be lost with another. */
function refuseStray(section: ConfigSection, kind: ProxyKind): void {
	for (const key of onlyCustom.filter((name) => kind !== "custom" && section.isGiven(name))) {
		section.complain(key, `says nothing to a proxy of kind ${kind}`, "proxy.kind: custom, or nothing here");
	}
	for (const key of noCustom.filter((name) => kind === "custom" && section.isGiven(name))) {
		section.complain(key, "says nothing to a proxy of kind custom", "proxy.args or proxy.env instead");
	}
	if (kind === "custom" && !section.section("image").isGiven("name")) {
		section.complain("image", "has no name", "proxy.image.name: a custom proxy has no default");
	}
	if (kind === "custom" && !section.section("image").isGiven("version")) {
		section.complain("image", "has no version", "proxy.image.version: a custom proxy has no default");
	}
}

const onlyCustom = ["command", "readinessPath", "livenessPath"];
const noCustom = ["logLevel", "logFormat"];
