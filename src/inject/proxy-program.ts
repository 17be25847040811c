import type { Family } from "../domain/family.ts";
import type { ProxyConfig } from "./config.ts";
import { envoyBootstrap } from "./envoy-bootstrap.ts";
import type { JsonArray, JsonObject } from "./json.ts";
import { shuntProgram } from "./names.ts";

export interface ProxyPorts {
	readonly inbound: number;
	readonly outbound: number;
	readonly admin: number;
	readonly control: number;
}

/** What a proxy of each kind is started with. */
export function programFields(
	proxy: ProxyConfig,
	families: readonly Family[],
	ports: ProxyPorts,
): JsonObject {
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
