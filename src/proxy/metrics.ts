import { type Direction, directions } from "../domain/endpoint.ts";
import { registerProcessMetrics } from "../serving/process-metrics.ts";
import { Counter, Histogram, Registry } from "../serving/prometheus.ts";
import type { Account } from "./account.ts";
import { type ErrorReason, errorReasons } from "./reason.ts";
import { type OpenTraffic, registerTrafficMetrics } from "./traffic-metrics.ts";

export interface Metrics {
	connected(direction: Direction, milliseconds: number): void;
	failed(direction: Direction, reason: ErrorReason): void;
	closed(account: Account): void;
	/** In Prometheus's text format, of this moment. */
	render(): Promise<string>;
	readonly contentType: string;
}

const connectBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every label pair exists from the start, so that the first error shows as an increase and not as a new series. */
export function createMetrics(open: () => Iterable<OpenTraffic>): Metrics {
	const registry = new Registry();
	const errors = new Counter({
		name: "shunt_proxy_errors_total",
		help: "Connections that failed, by what ended them.",
		labelNames: ["direction", "reason"],
		registers: [registry],
	});
	const connectSeconds = new Histogram({
		name: "shunt_proxy_connect_seconds",
		help: "Time from the accepting of a connection until its server was reached.",
		labelNames: ["direction"],
		buckets: connectBuckets,
		registers: [registry],
	});
	const addClosed = registerTrafficMetrics(registry, open);
	registerProcessMetrics(registry);
	for (const direction of directions) {
		connectSeconds.zero({ direction });
		for (const reason of errorReasons) {
			errors.inc({ direction, reason }, 0);
		}
	}
	return {
		connected: (direction, milliseconds) => connectSeconds.observe({ direction }, milliseconds / 1000),
		failed: (direction, reason) => errors.inc({ direction, reason }),
		closed: (account) => {
			addClosed(account);
			if (account.reason !== "closed") {
				errors.inc({ direction: account.direction, reason: account.reason });
			}
		},
		render: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
