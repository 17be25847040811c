import type { Family } from "../domain/family.ts";
import type { PodSettings } from "../policy/pod-policy-settings.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { ContainerResources } from "../policy/setting-forms.ts";
import type { Image, ProxyConfig } from "./config.ts";
import { imageFields, resourceFields, restricted } from "./container-fields.ts";
import { envoyBootstrap } from "./envoy-bootstrap.ts";
import { compact, type JsonArray, type JsonObject } from "./json.ts";
import { containerNames, shuntProgram } from "./names.ts";

interface ProxyRequest {
	readonly policy: RedirectPolicy;
	readonly settings: PodSettings;
	readonly proxy: ProxyConfig;
	readonly ports: ProxyPorts;
	readonly nativeSidecar: boolean;
	readonly resources: ContainerResources;
}

/** The proxy, of whichever kind, under the user whose own connections the rules let pass. */
export function proxyContainer(request: ProxyRequest): JsonObject {
	const { policy, settings, proxy, ports, nativeSidecar, resources } = request;
	const { proxyUid = 0, proxyGid } = policy.outbound;
	return {
		name: containerNames.proxy,
		...imageFields(imageOf(proxy.image, settings)),
		...programFields(proxy, policy.families, ports),
		ports: [
			{ name: "shunt-inbound", containerPort: ports.inbound, protocol: "TCP" },
			{ name: "shunt-admin", containerPort: ports.admin, protocol: "TCP" },
		],
		...probeFields(proxy, ports.admin, nativeSidecar),
		...resourceFields(resources),
		// An init container that Kubernetes starts first, keeps running, and ends last (KEP-753).
		...(nativeSidecar ? { restartPolicy: "Always" } : {}),
		securityContext: restricted(proxyUid, proxyGid),
		terminationMessagePolicy: "FallbackToLogsOnError",
	};
}

function imageOf(image: Image, { image: wish }: PodSettings): Image {
	return {
		name: wish.name ?? image.name,
		version: wish.version ?? image.version,
		pullPolicy: wish.pullPolicy ?? image.pullPolicy,
	};
}

interface ProxyPorts {
	readonly inbound: number;
	readonly outbound: number;
	readonly admin: number;
	readonly control: number;
}

/** What a proxy of each kind is started with. */
function programFields(proxy: ProxyConfig, families: readonly Family[], ports: ProxyPorts): JsonObject {
	switch (proxy.kind) {
		case "shunt":
			return {
				command: [shuntProgram, "proxy"],
				args: [...shuntArgs(proxy, families, ports), ...proxy.args],
				...filled("env", proxy.env),
			};
		case "envoy":
			return {
				command: ["envoy"],
				args: [...envoyArgs(proxy, families, ports), ...proxy.args],
				...filled("env", proxy.env),
			};
		case "custom":
			return {
				...(proxy.command === undefined ? {} : { command: proxy.command }),
				...filled("args", proxy.args),
				env: [...portVariables(ports), ...proxy.env],
			};
	}
}

function shuntArgs(proxy: ProxyConfig, families: readonly Family[], ports: ProxyPorts): string[] {
	return [
		...["--inbound-port", `${ports.inbound}`],
		...["--outbound-port", `${ports.outbound}`],
		...["--admin-port", `${ports.admin}`],
		...(families.includes("ipv6") ? [] : ["--ipv6=false"]),
		...(proxy.logLevel === undefined ? [] : ["--log-level", proxy.logLevel]),
		...(proxy.logFormat === undefined ? [] : ["--log-format", proxy.logFormat]),
	];
}

/**
 * The configuration is an argument, so that no ConfigMap has to exist in the pod's namespace. Hot restart needs a
 * writable /dev/shm and two processes, and a pod has one. Two threads, because the default is the node's every core.
 */
function envoyArgs(proxy: ProxyConfig, families: readonly Family[], ports: ProxyPorts): string[] {
	return [
		...["--config-yaml", JSON.stringify(envoyBootstrap({ families, ...ports }))],
		"--disable-hot-restart",
		...["--concurrency", "2"],
		...["--log-level", envoyLevels[proxy.logLevel ?? "info"] ?? "info"],
		...(proxy.logFormat === "json" ? ["--log-format", envoyJsonLine] : []),
	];
}

const envoyLevels: Readonly<Record<string, string>> = {
	panic: "critical",
	fatal: "critical",
	error: "error",
	warn: "warning",
	info: "info",
	debug: "debug",
	trace: "trace",
};

/** Envoy's placeholders: level, message with JSON's escapes, and the time to the millisecond. */
const envoyJsonLine = '{"level":"%l","msg":"%j","time":"%Y-%m-%dT%T.%e%z"}';

/** Kubernetes puts them into arguments too, where these say `$(SHUNT_INBOUND_PORT)`. */
function portVariables(ports: ProxyPorts): JsonArray {
	return Object.entries(ports).map(([name, port]) => ({
		name: `SHUNT_${name.toUpperCase()}_PORT`,
		value: `${port}`,
	}));
}

function filled(key: string, list: JsonArray): JsonObject {
	return list.length > 0 ? { [key]: list } : {};
}

/**
 * How the kubelet asks a proxy how it is. A native sidecar also has a startup probe: the containers after it are
 * started only once that succeeds, so that they find their network working.
 */
function probeFields(proxy: ProxyConfig, adminPort: number, nativeSidecar: boolean): JsonObject {
	const { readinessPath, livenessPath } = proxy.kind === "custom" ? proxy : ownPaths;
	// After a startup probe there is nothing left to wait for.
	const delay = (seconds: number): JsonObject => (nativeSidecar ? {} : { initialDelaySeconds: seconds });
	return compact({
		livenessProbe: probe(livenessPath, adminPort, delay(10)),
		readinessProbe: probe(readinessPath, adminPort, delay(2)),
		startupProbe: nativeSidecar
			? probe(readinessPath, adminPort, { failureThreshold: 120, periodSeconds: 1 })
			: undefined,
	});
}

const ownPaths = { readinessPath: "/ready", livenessPath: "/live" } as const;

function probe(path: string | undefined, port: number, timing: JsonObject): JsonObject | undefined {
	return path === undefined ? undefined : { httpGet: { path, port }, ...timing };
}
