import { parseCidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import { type Gid, parseUid, type Uid } from "../domain/identity.ts";
import { parseInterfaceName } from "../domain/interface-name.ts";
import { type Mode, parseMode } from "../domain/mode.ts";
import { type Port, parsePort, parsePortRange } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseOwnGid, parseOwnUid } from "../policy/annotation-id.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
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
		mode: init.parsed<Mode>("iptablesMode", parseMode, "legacy"),
		cniEnabled: root.boolean("cniEnabled", false),
		defaults: readDefaults({ root, init, proxy }),
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

interface Sections {
	readonly root: ConfigSection;
	readonly init: ConfigSection;
	readonly proxy: ConfigSection;
}

function readDefaults({ root, init, proxy }: Sections): PodPolicyDefaults {
	const ports = proxy.section("ports");
	const port = (key: string, otherwise: number) => ports.parsed(key, parsePort, otherwise as Port);
	return {
		controlPort: port("control", 4190),
		adminPort: port("admin", 4191),
		policy: {
			families: readFamilies(root),
			inbound: {
				proxyPort: port("inbound", 4143),
				portsToRedirect: init.items("redirectInboundPorts", parsePort, ""),
				portsToIgnore: init.items("ignoreInboundPorts", parsePortRange, galera),
				subnetsToIgnore: init.items("skipSubnets", parseCidr, ""),
				interfacesToIgnore: init.textItems("skipInboundInterfaces", parseInterfaceName, ""),
			},
			outbound: {
				proxyPort: port("outbound", 4140),
				proxyUid: proxy.parsed<Uid | undefined>("uid", parseOwnUid, 2102 as Uid),
				proxyGid: proxy.parsed<Gid | undefined>("gid", parseOwnGid, undefined),
				uidsToIgnore: init.items("skipUids", parseUid, ""),
				portsToRedirect: init.items("redirectOutboundPorts", parsePortRange, ""),
				portsToIgnore: init.items("ignoreOutboundPorts", parsePortRange, galera),
				subnetsToIgnore: init.items("skipOutboundSubnets", parseCidr, ""),
				interfacesToIgnore: init.textItems("skipOutboundInterfaces", parseInterfaceName, ""),
			},
		},
	};
}

/** The ports of Galera's replication, which Linkerd exempts because the server speaks first there. */
const galera = "4567,4568";

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
