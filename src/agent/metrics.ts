import { version } from "../domain/version.ts";
import { Counter, Gauge, Registry, registerProcessMetrics } from "../serving/prometheus.ts";
import type { Standing } from "./installation.ts";
import type { WordCounts } from "./node-pods.ts";

export interface Metrics {
	looked(standing: Standing): void;
	podFileWritten(): void;
	watchFailed(): void;
	pluginSaid(lines: number): void;
	/** In Prometheus's text format, of this moment. */
	render(): Promise<string>;
	readonly contentType: string;
}

/** Series are few, and all of our own making: nobody outside can make more. */
export function createMetrics(pods: () => WordCounts | undefined): Metrics {
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
		pluginSaid: (count) => lines.inc(count),
		render: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
