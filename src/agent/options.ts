import type { LogFormat } from "../command/logger.ts";
import { parseDuration } from "../domain/duration.ts";
import { type LogLevel, parseLogLevel } from "../domain/log-level.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseChoice, parseForm } from "../domain/words.ts";
import { parseListenAddress } from "../serving/admin.ts";
import type { Places } from "./installation.ts";
import { type Loading, runtimes } from "./loaded-configuration.ts";
import { linkerdChoices, type Wish } from "./plan-folder.ts";

/** Everything `shunt agent` was asked to do. */
export interface AgentOptions extends Loading {
	readonly places: Places;
	/** The file with the plugin's configuration. */
	readonly config: string;
	readonly linkerdCni: Wish["linkerdCni"];
	/** Takes the plugin out of the runtime's configuration instead of putting it in. */
	readonly uninstall: boolean;
	/** The file that the plugin writes its log to; it is not told on when absent. */
	readonly pluginLog: string | undefined;
	/** Writes files about the node's pods, for runtimes that tell plugins too little of them. */
	readonly watchPods: boolean;
	/** Looks into meshed pods' namespaces and mends their rules. */
	readonly repair: boolean;
	/** Where the runtime keeps pods' network namespaces. */
	readonly netnsDir: string;
	readonly repairIntervalMs: number;
	/** How many pods that cannot be mended may be deleted in a minute; 0 for none. */
	readonly deletePodsPerMinute: number;
	/** Finds out which dialects the node serves, records it for the plugin, and writes it on the node. */
	readonly reportDialects: boolean;
	/** Taken off the node when everything is as intended; nothing when absent. */
	readonly removeTaint: string | undefined;
	/** Needed for what asks the API server. */
	readonly node: string | undefined;
	/** The pod's service account when absent. */
	readonly kubeconfig: string | undefined;
	readonly adminPort: Port;
	/** Every address of the machine, of either family, when absent. */
	readonly address: string | undefined;
	readonly checkIntervalMs: number;
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
}

/** What was written behind each flag, or its default. */
export interface AgentFlags {
	readonly config: string;
	readonly program: string;
	readonly netDir: string;
	readonly binDir: string;
	readonly runDir: string;
	readonly runtime: string;
	readonly maxConfNum: string;
	readonly network?: string;
	readonly linkerdCni: string;
	readonly uninstall?: true;
	readonly pluginLog?: string;
	readonly watchPods?: true;
	readonly repair?: true;
	readonly netnsDir: string;
	readonly repairInterval: string;
	readonly deletePodsPerMinute: string;
	readonly reportDialects?: true;
	readonly removeTaint?: string;
	readonly node?: string;
	readonly kubeconfig?: string;
	readonly adminPort: string;
	readonly address?: string;
	readonly checkInterval: string;
	readonly logLevel: string;
	readonly logFormat: string;
}

/** All mistakes together, after those that are `known`. */
export function parseAgentOptions(flags: AgentFlags, known: readonly Problem[] = []): Result<AgentOptions> {
	const problems: Problem[] = [...known];
	/** The value only counts where there are no problems at all. */
	const settle = <T>(result: Result<T>): T => {
		problems.push(...(result.ok ? [] : result.problems));
		return (result.ok ? result.value : undefined) as T;
	};
	const options: AgentOptions = {
		places: {
			program: settle(parsePath(flags.program, "--program")),
			netDir: settle(parsePath(flags.netDir, "--net-dir")),
			binDir: settle(parsePath(flags.binDir, "--bin-dir")),
			runDir: settle(parsePath(flags.runDir, "--run-dir")),
		},
		config: settle(parsePath(flags.config, "--config")),
		runtime: settle(parseChoice(runtimes)(flags.runtime, "--runtime")),
		maxConfNum: settle(parseCount(flags.maxConfNum, "--max-conf-num")),
		network: flags.network,
		linkerdCni: settle(parseChoice(linkerdChoices)(flags.linkerdCni, "--linkerd-cni")),
		uninstall: flags.uninstall === true,
		pluginLog: flags.pluginLog === undefined ? undefined : settle(parsePath(flags.pluginLog, "--plugin-log")),
		watchPods: flags.watchPods === true,
		repair: flags.repair === true,
		netnsDir: settle(parsePath(flags.netnsDir, "--netns-dir")),
		repairIntervalMs: settle(parseDuration(flags.repairInterval, "--repair-interval", 100)),
		deletePodsPerMinute: settle(parseDeletions(flags.deletePodsPerMinute, "--delete-pods-per-minute")),
		reportDialects: flags.reportDialects === true,
		removeTaint:
			flags.removeTaint === undefined ? undefined : settle(parseTaint(flags.removeTaint, "--remove-taint")),
		node: flags.node === undefined ? undefined : settle(parseNodeName(flags.node, "--node")),
		kubeconfig: flags.kubeconfig,
		adminPort: settle(parsePort(flags.adminPort, "--admin-port")),
		address: flags.address === undefined ? undefined : settle(parseListenAddress(flags.address, "--address")),
		checkIntervalMs: settle(parseDuration(flags.checkInterval, "--check-interval", 100)),
		logLevel: settle(parseLogLevel(flags.logLevel, "--log-level")),
		logFormat: settle(parseChoice<LogFormat>(["plain", "json"])(flags.logFormat, "--log-format")),
	};
	problems.push(...clashes(flags));
	return problems.length > 0 ? err(...problems) : ok(options);
}

/** Whether anything that was asked for needs the API server. */
export function asksApi({
	watchPods,
	repair,
	reportDialects,
	removeTaint,
}: Partial<Pick<AgentOptions, "watchPods" | "repair" | "reportDialects" | "removeTaint">>): boolean {
	return [watchPods, repair, reportDialects].includes(true) || removeTaint !== undefined;
}

/** Flags that do not go together. */
function clashes(flags: AgentFlags): readonly Problem[] {
	const { network, runtime, node, repair, deletePodsPerMinute } = flags;
	return [
		...(network !== undefined && runtime === "containerd"
			? [
					{
						source: "--network",
						value: network,
						complaint: "is nothing that containerd can be told",
						accepted: "it with --runtime cri-o alone, whose cni_default_network it is",
					},
				]
			: []),
		...(asksApi(flags) && (node ?? "") === ""
			? [
					{
						source: "--node",
						complaint: "is missing",
						accepted: "the node's name, which all that asks the API server needs",
					},
				]
			: []),
		...(deletePodsPerMinute !== "0" && repair !== true
			? [
					{
						source: "--delete-pods-per-minute",
						value: deletePodsPerMinute,
						complaint: "is about pods that could not be mended",
						accepted: "it with --repair",
					},
				]
			: []),
	];
}

/** More than one a second would be an outage of its own. */
function parseDeletions(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "number of pods", min: 0, max: 60 });
}

/** As the chart has it, whose value it is. */
const parseTaint = parseForm(
	/^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
	"is not a taint's key",
	"a key as labels have it, such as shunt.dev/agent-not-ready",
);

/** RFC 1123, as Kubernetes wants it of a node's. */
const parseNodeName = parseForm(
	/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
	"is not a node's name",
	"at most 253 of a-z, 0-9, - and ., beginning and ending with a letter or a digit",
);

/** Absolute, since the same paths count on the host. */
function parsePath(text: string, source: string): Result<string> {
	return text.startsWith("/") && !text.includes("\0")
		? ok(text)
		: err({
				source,
				value: text,
				complaint: "is not an absolute path",
				accepted: "a path that begins with /",
			});
}

function parseCount(text: string, source: string): Result<number> {
	return /^(0|[1-9]\d{0,5})$/.test(text)
		? ok(Number(text))
		: err({ source, value: text, complaint: "is not a number", accepted: "0 for all, or how many" });
}
