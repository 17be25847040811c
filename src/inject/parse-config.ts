import { type Family, families } from "../domain/family.ts";
import { defaultMode, type Mode, parseMode } from "../domain/mode.ts";
import { type Port, parsePort, parsePortRange } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import { makePolicy } from "../policy/redirect-policy.ts";
import type { InjectConfig } from "./config.ts";
import { readReleaseImages } from "./config-image.ts";
import { readInit } from "./config-init.ts";
import { readProxy } from "./config-proxy.ts";
import { ConfigSection } from "./config-section.ts";
import { readValidator } from "./config-validator.ts";
import type { Json } from "./json.ts";

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
	const config: InjectConfig = {
		mode: init.parsed<Mode>("iptablesMode", parseMode, defaultMode),
		cniEnabled: root.boolean("cniEnabled", false),
		defaults: readDefaults(root, proxy),
		kubeApiServerPorts: init.items("kubeAPIServerPorts", parsePortRange, "443,6443"),
		init: readInit(init, images),
		validator: readValidator(root.section("networkValidator"), images),
		proxy: readProxy(proxy, images),
	};
	root.passOver(...controlPlaneKeys);
	root.finish();
	problems.push(...(problems.length > 0 ? [] : contradictions(config)));
	return problems.length > 0 ? fail(...problems) : ok(config);
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
export function closeWaitNeedsRoot(source: string): Problem {
	return {
		source,
		complaint: "cannot be set by a container that is not root",
		accepted: "proxyInit.runAsRoot: true",
	};
}
