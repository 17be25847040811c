import { parseDuration } from "../domain/duration.ts";
import { type LogLevel, parseLogLevel } from "../domain/log-level.ts";
import { type Mode, parseMode } from "../domain/mode.ts";
import type { PortRange } from "../domain/port.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { mostSimilar } from "../domain/similar.ts";
import { parseTransport, type Transport } from "../domain/transport.ts";
import type { ItemForm } from "../policy/field.ts";
import { ranges } from "../policy/forms.ts";
import { ConfigReader, type JsonObject, type StrayKey } from "./config-reader.ts";
import { type LinkerdSettings, readLinkerdConfig } from "./linkerd-config.ts";

/** What the plugin's entry in the network configuration says. */
export interface PluginConfig {
	/** Absent where the plugin does not stand in for linkerd-cni. */
	readonly linkerd: LinkerdSettings | undefined;
	/** `auto` leaves it to what the agent recorded. */
	readonly mode: Mode;
	/** Who is asked to make and read rules: the kernel, the dialect's programs, or whichever does it. */
	readonly transport: Transport;
	/** Nothing is changed; the log says what would be. */
	readonly simulate: boolean;
	readonly excludedNamespaces: readonly string[];
	readonly logLevel: LogLevel;
	readonly logFile: string | undefined;
	/** Where the agent writes what it knows. */
	readonly runDir: string;
	/** Where the agent puts the dialects' tools, for nodes that have none. */
	readonly binDir: string | undefined;
	/** How long a pod may wait for the agent's word; milliseconds. */
	readonly policyWaitMs: number;
	readonly agent: AgentPod | undefined;
	/** Which ports the control plane's own pods reach the API server on, past their proxies. */
	readonly apiServerPorts: readonly PortRange[];
}

/** The pods of the agent's own DaemonSet. */
export interface AgentPod {
	readonly namespace: string;
	readonly daemonSet: string;
}

export interface ReadConfig {
	readonly config: Result<PluginConfig>;
	/** The only mistakes are keys of our block that nobody knows. */
	readonly hasOnlyStrays: boolean;
	/** What deserves a line in the log and is no mistake. */
	readonly remarks: readonly string[];
}

/** Where everything is when nobody says otherwise. */
export const configDefaults = {
	runDir: "/run/shunt",
	policyWait: "5s",
	/** The ports of the service `kubernetes` and of its endpoints, where linkerd-cni cannot learn them. */
	apiServerPorts: ["443", "6443"],
} as const;

/** Reads the entry: linkerd-cni's keys as they are, and our own block, `shunt`. Every mistake is named. */
export function readPluginConfig(entry: JsonObject): ReadConfig {
	const problems: Problem[] = [];
	const remarks: string[] = [];
	const reader = new ConfigReader(entry, "", problems);
	const linkerdSection = reader.section("linkerd");
	const linkerd = linkerdSection && readLinkerdConfig(linkerdSection, problems, remarks);
	const kubernetes = reader.section("kubernetes");
	// Without the API server there is nothing to do with these; a mistake in them is still one.
	kubernetes?.text("kubeconfig", anyText);
	kubernetes?.text("k8s_api_root", anyText);
	const excluded = kubernetes?.list("exclude_namespaces", namespaces) ?? [];
	const level = reader.text("log_level", anyText);
	// Of installations long ago; an object, and nothing in it is ours.
	reader.section("policy");
	const own = readOwnBlock(reader.section("shunt") ?? new ConfigReader({}, "shunt", problems));
	const found = problems.length;
	problems.push(...own.strays.map(strayProblem));
	const config: PluginConfig = {
		...own.settings,
		linkerd,
		mode: own.settings.mode ?? linkerd?.mode ?? "auto",
		simulate: linkerd?.simulate ?? false,
		excludedNamespaces: [...new Set([...excluded, ...own.settings.excludedNamespaces])],
		logLevel: own.settings.logLevel ?? levelOf(level),
	};
	return {
		config: problems.length > 0 ? err(...problems) : ok(config),
		hasOnlyStrays: found === 0,
		remarks,
	};
}

/** linkerd-cni takes two words, whatever their case, and anything else for a third (configureLogging in its main.go). */
function levelOf(text: string | undefined): LogLevel {
	const lower = text?.toLowerCase();
	return lower === undefined || lower === "info" ? "info" : lower === "debug" ? "debug" : "warn";
}

function readOwnBlock(block: ConfigReader) {
	const agentSection = block.section("agent");
	const settings = {
		mode: block.text("mode", parseMode),
		transport: block.text("transport", parseTransport) ?? "auto",
		excludedNamespaces: block.list("excludeNamespaces", namespaces),
		logLevel: block.text("logLevel", parseLogLevel),
		logFile: block.text("logFile", parsePath),
		runDir: block.text("runDir", parsePath) ?? configDefaults.runDir,
		binDir: block.text("binDir", parsePath),
		policyWaitMs: block.text("policyWait", parseWait) ?? waitByDefault,
		agent: readAgent(agentSection),
		apiServerPorts: block.value("apiServerPorts") === undefined ? apiPorts : readPorts(block),
	};
	return { settings, strays: [...block.strays(), ...(agentSection?.strays() ?? [])] };
}

function readPorts(block: ConfigReader): readonly PortRange[] {
	return block.list("apiServerPorts", ranges);
}

function readAgent(section: ConfigReader | undefined): AgentPod | undefined {
	const namespace = section?.text("namespace", namespaces.parse);
	const daemonSet = section?.text("daemonSet", namespaces.parse);
	return namespace === undefined || daemonSet === undefined ? undefined : { namespace, daemonSet };
}

/** Longer than this a runtime waits for no plugin: the kubelet gives up on a sandbox after four minutes. */
const mostWaitMs = 60_000;

function parseWait(text: string, source: string): Result<number> {
	const parsed = parseDuration(text, source);
	return parsed.ok && parsed.value > mostWaitMs
		? err({ source, value: text, complaint: "is too long", accepted: "at most 60s" })
		: parsed;
}

const waitByDefault = (() => {
	const parsed = parseDuration(configDefaults.policyWait, "policyWait");
	return parsed.ok ? parsed.value : 0;
})();

const apiPorts: readonly PortRange[] = configDefaults.apiServerPorts.flatMap((text) => {
	const parsed = ranges.parse(text, "apiServerPorts");
	return parsed.ok ? [parsed.value] : [];
});

/** As Kubernetes names namespaces and DaemonSets (RFC 1123 labels and subdomains). */
const namespaces: ItemForm<string> = {
	parse: (text, source) =>
		isKubernetesName(text)
			? ok(text)
			: err({
					source,
					value: text,
					complaint: "is not a name",
					accepted: "lower case letters, digits, - and .",
				}),
	key: (name) => name,
};

export function isKubernetesName(text: string): boolean {
	return text.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(text);
}

function parsePath(text: string, source: string): Result<string> {
	const isPath = text.startsWith("/") && !text.includes("\0") && !text.split("/").includes("..");
	return isPath
		? ok(text.length > 1 ? text.replace(/\/+$/, "") : text)
		: err({ source, value: text, complaint: "is not a path", accepted: "an absolute path without .." });
}

function anyText(text: string): Result<string> {
	return ok(text);
}

/** SPEC.md: "The error message must contain the key and value of the unsupported field." */
function strayProblem({ source, key, value, known }: StrayKey): Problem {
	return {
		source,
		value: typeof value === "string" ? value : JSON.stringify(value),
		complaint: "is of a key that is not known",
		accepted: mostSimilar(key, known) ?? `one of ${known.join(", ")}`,
	};
}
