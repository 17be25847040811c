import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";

/**
 * The parts of prom-client that are used here. All of it would be 12 MB more in every pod: it also loads an HTTP
 * client for the push gateway, support for clusters, and a tracing library.
 */
export { Counter, Gauge, Histogram, Registry };

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
