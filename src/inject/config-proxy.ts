import { parseLogFilter } from "../domain/log-level.ts";
import { version } from "../domain/version.ts";
import { parseChoice } from "../domain/words.ts";
import {
	type ContainerResources,
	type PullPolicy,
	parseImageName,
	parseImageVersion,
	parsePullPolicy,
	parseQuantity,
	resourceNames,
} from "../policy/setting-forms.ts";
import { type Image, type ProxyConfig, type ProxyKind, proxyKinds } from "./config.ts";
import { type ConfigSection, parseLogFormat, parseRegistry, parseUrlPath } from "./config-section.ts";
import { get } from "./json.ts";
import { imageNames } from "./names.ts";

/** `proxy`, but for its ports and ids, which are the policy's. */
export function readProxy(section: ConfigSection, images: ReleaseImages): ProxyConfig {
	const kind = section.parsed<ProxyKind>("kind", parseChoice(proxyKinds), "shunt");
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

/** In Linkerd's shape. */
export function readResources(section: ConfigSection): ContainerResources {
	const amounts = resourceNames.map((name) => {
		const bounds = section.section(name);
		const read = (key: string) => bounds.parsed<string | undefined>(key, parseQuantity, undefined);
		return [name, { request: read("request"), limit: read("limit") }];
	});
	return Object.fromEntries(amounts);
}
