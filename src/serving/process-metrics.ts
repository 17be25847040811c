import { Counter, Gauge, type Registry } from "./prometheus.ts";

/** The two that everybody looks at. prom-client's full set would sample the event loop all the time. */
export function registerProcessMetrics(registry: Registry): void {
	new Gauge({
		name: "process_resident_memory_bytes",
		help: "Resident memory size in bytes.",
		registers: [registry],
		collect() {
			this.set(process.memoryUsage.rss());
		},
	});
	new Counter({
		name: "process_cpu_seconds_total",
		help: "Total user and system CPU time spent in seconds.",
		registers: [registry],
		collect() {
			const { user, system } = process.cpuUsage();
			this.reset();
			this.inc((user + system) / 1e6);
		},
	});
}
