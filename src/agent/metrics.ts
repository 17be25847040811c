import { type Dialect, dialects } from "../domain/mode.ts";
import { version } from "../domain/version.ts";
import { Counter, Gauge, Registry, registerProcessMetrics } from "../serving/prometheus.ts";
import type { Standing } from "./installation.ts";
import type { WordCounts } from "./node-pods.ts";
import type { RepairState } from "./repair/pod-case.ts";
import type { RepairListener } from "./repair/repair.ts";

export interface Metrics extends RepairListener {
	/** A pod was deleted. */
	deleted(): void;
	/** The API server did not take an event, a deletion or an annotation. */
	notTaken(): void;
	foundDialects(working: readonly Dialect[]): void;

	looked(standing: Standing): void;
	podFileWritten(): void;
	watchFailed(): void;
	pluginSaid(lines: number): void;
	/** In Prometheus's text format, of this moment. */
	render(): Promise<string>;
	readonly contentType: string;
}

/** What is counted when somebody asks. */
interface Counted {
	readonly pods: () => WordCounts | undefined;
	readonly repair: () => Readonly<Record<RepairState, number>> | undefined;
}

/** Series are few, and all of our own making: nobody outside can make more. */
export function createMetrics({ pods, repair }: Counted): Metrics {
	const registry = new Registry();
	const registers = [registry];
	const gauge = (name: string, help: string) => new Gauge({ name: `shunt_agent_${name}`, help, registers });
	const counter = (name: string, help: string) =>
		new Counter({ name: `shunt_agent_${name}`, help, registers });
	const installed = gauge("installed", "1 where the runtime loads the plugin as intended, else 0.");
	const program = gauge(
		"program_installed",
		"1 where the plugin's program is the one that came with the agent.",
	);
	const looks = counter("looks_total", "Comparisons of what is installed with what should be.");
	const mended = counter("changes_total", "Files that were written, renamed or removed to make it so.");
	const written = counter("pod_files_written_total", "Files about pods that were written.");
	const watchFailures = counter("watch_failures_total", "Failed lists and watches of the API server.");
	const lines = counter("plugin_log_lines_total", "Lines of the plugin that were told on.");
	new Gauge({
		name: "shunt_agent_pods",
		help: "Pods of this node that are known, by what the plugin is told of them.",
		labelNames: ["word"],
		registers,
		collect() {
			for (const [word, count] of Object.entries(pods() ?? {})) {
				this.set({ word }, count);
			}
		},
	});
	new Gauge({
		name: "shunt_agent_meshed_pods",
		help: "Meshed pods of this node by how their rules stand: intact, drifted, or not known.",
		labelNames: ["rules"],
		registers,
		collect() {
			for (const [rules, count] of Object.entries(repair() ?? {})) {
				this.set({ rules }, count);
			}
		},
	});
	const repairLooks = counter("repair_looks_total", "Looks at the rules of all meshed pods.");
	const checks = counter("repair_checks_total", "Calls of the plugin's CHECK.");
	const mendedPods = counter("pods_mended_total", "Times that a pod's rules were mended in place.");
	const mendFailures = counter("mend_failures_total", "Times that a pod's rules could not be mended.");
	const deletions = counter("pods_deleted_total", "Pods that were deleted because they could not be mended.");
	const refusals = counter(
		"api_refusals_total",
		"Events, deletions and annotations that the API server did not take.",
	);
	const served = new Gauge({
		name: "shunt_agent_dialect_served",
		help: "1 where the node's kernel serves the mode, 0 where not.",
		labelNames: ["mode"],
		registers,
	});
	const info = new Gauge({
		name: "shunt_agent_info",
		help: "The agent's version.",
		labelNames: ["version"],
		registers,
	});
	info.set({ version }, 1);
	registerProcessMetrics(registry);
	return {
		looked: (standing) => {
			looks.inc();
			mended.inc(standing.changes.length);
			installed.set(standing.file === undefined || standing.obstacles.length > 0 ? 0 : 1);
			program.set(standing.program ? 1 : 0);
		},
		podFileWritten: () => written.inc(),
		watchFailed: () => watchFailures.inc(),
		repairLooked: () => repairLooks.inc(),
		checked: () => checks.inc(),
		mended: () => mendedPods.inc(),
		notMended: () => mendFailures.inc(),
		deleted: () => deletions.inc(),
		notTaken: () => refusals.inc(),
		foundDialects: (working) => {
			for (const mode of dialects) {
				served.set({ mode }, working.includes(mode) ? 1 : 0);
			}
		},
		pluginSaid: (count) => lines.inc(count),
		render: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
