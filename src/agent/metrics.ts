import { version } from "../domain/version.ts";
import { registerProcessMetrics } from "../serving/process-metrics.ts";
import { Counter, Gauge, Registry } from "../serving/prometheus.ts";
import type { Standing } from "./installation.ts";

export interface Metrics {
	looked(standing: Standing): void;
	/** In Prometheus's text format, of this moment. */
	render(): Promise<string>;
	readonly contentType: string;
}

/** Series are few, and all of our own making: nobody outside can make more. */
export function createMetrics(): Metrics {
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
		render: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
