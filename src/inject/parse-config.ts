import { parseSeconds } from "../domain/duration.ts";
import { type Family, families } from "../domain/family.ts";
import { parseLogFilter, parseLogLevel } from "../domain/log-level.ts";
import { defaultMode, type Mode, needsTools, parseMode } from "../domain/mode.ts";
import { type Port, parsePort, parsePortRange } from "../domain/port.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { version } from "../domain/version.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import { makePolicy } from "../policy/redirect-policy.ts";
import type { InitConfig, InjectConfig, ValidatorConfig } from "./config.ts";
import {
	type ReleaseImages,
	readImage,
	readProxy,
	readReleaseImages,
	readResources,
} from "./config-proxy.ts";
import {
	ConfigSection,
	parseLabel,
	parseLogFormat,
	parseMountPath,
	parseRunAs,
	parseSocketAddress,
	parseTimeout,
} from "./config-section.ts";
import type { Json } from "./json.ts";
import { imageNames, xtablesVolume } from "./names.ts";

/**
 * A release's values, as far as injection is concerned, under Linkerd's keys and with its defaults. Every mistake is
 * reported, a key that does not exist among them.
 */
export function parseInjectConfig(values: Json): Result<InjectConfig> {
	const problems: Problem[] = [];
	const root = new ConfigSection(values ?? {}, "", problems);
	const init = root.section("proxyInit");
	const proxy = root.section("proxy");
	const images = readReleaseImages(root);
	const mode = init.parsed<Mode>("iptablesMode", parseMode, defaultMode);
	const config: InjectConfig = {
		mode,
		cniEnabled: root.boolean("cniEnabled", false),
		defaults: readDefaults(root, proxy),
		kubeApiServerPorts: init.items("kubeAPIServerPorts", parsePortRange, "443,6443"),
		init: readInit(init, images, mode),
		validator: readValidator(root.section("networkValidator"), images),
		proxy: readProxy(proxy, images),
	};
	root.passOver(...controlPlaneKeys);
	root.finish();
	problems.push(...(problems.length > 0 ? [] : contradictions(config)));
	return problems.length > 0 ? err(...problems) : ok(config);
}

/** Those of the chart's keys that are about the control plane alone. */
const controlPlaneKeys = [
	"installNamespace",
	"imagePullSecrets",
	"commonLabels",
	"injector",
	"networkPolicy",
	"podMonitor",
	"global",
];

function readDefaults(root: ConfigSection, proxy: ConfigSection): PodPolicyDefaults {
	const ports = proxy.section("ports");
	const port = (key: string, otherwise: number) => ports.parsed(key, parsePort, otherwise as Port);
	return {
		controlPort: port("control", 4190),
		adminPort: port("admin", 4191),
		policy: makePolicy(readFamilies(root), () => ({ field }) => {
			const [section, key] = placeOf(field.value, root);
			if (field.takes === "value") {
				return section.parsed<unknown>(key, field.form.parseOwn, field.default);
			}
			const read = field.form.looksLikeNumber ? "textItems" : "items";
			return section[read](key, field.form.parse, field.default ?? "");
		}),
	};
}

/** The section that a key such as `proxy.ports.inbound` is in, and the key in it. */
function placeOf(path: string, root: ConfigSection): [section: ConfigSection, key: string] {
	const [name, ...rest] = path.split(".");
	return rest.length === 0 ? [root, path] : placeOf(rest.join("."), root.section(name ?? ""));
}

function readFamilies(root: ConfigSection): readonly Family[] {
	return root.boolean("disableIPv6", true) ? ["ipv4"] : families;
}

function contradictions({ defaults, init }: InjectConfig): Problem[] {
	const { inbound, outbound } = defaults.policy;
	const ports = [inbound.proxyPort, outbound.proxyPort, defaults.adminPort, defaults.controlPort];
	return [
		...(new Set(ports).size < ports.length
			? [
					{
						source: "proxy.ports",
						value: ports.join(", "),
						complaint: "uses a port twice",
						accepted: "four different ports",
					},
				]
			: []),
		...(init.closeWaitSeconds > 0 && !init.runAsRoot
			? [closeWaitNeedsRoot("proxyInit.closeWaitTimeoutSecs")]
			: []),
	];
}

/** The setting is a sysctl, and only root may write those. */
function closeWaitNeedsRoot(source: string): Problem {
	return {
		source,
		complaint: "cannot be set by a container that is not root",
		accepted: "proxyInit.runAsRoot: true",
	};
}

/** `proxyInit`, but for what it says of the policy. */
function readInit(section: ConfigSection, images: ReleaseImages, mode: Mode): InitConfig {
	const xtMountPath = section.section("xtMountPath");
	const tools = section.boolean("tools", false) || needsTools(mode);
	return {
		image: readImage(section, images, { name: tools ? imageNames.initTools : imageNames.init, version }),
		tools,
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

/** `networkValidator`. */
function readValidator(section: ConfigSection, images: ReleaseImages): ValidatorConfig {
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
