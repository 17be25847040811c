import { type Direction, directions } from "../domain/endpoint.ts";
import { Counter, Gauge, Histogram, Registry, registerProcessMetrics } from "../serving/prometheus.ts";
import { type Account, type ErrorReason, errorReasons } from "./account.ts";

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

/** What a connection has moved in one direction or the other. */
interface Traffic {
	readonly sent: number;
	readonly received: number;
}

/** A connection that is still open. */
interface OpenTraffic extends Traffic {
	readonly route: { readonly direction: Direction };
}

interface Sums {
	sent: number;
	received: number;
	connections: number;
}

/**
 * Nothing is counted while bytes move: connections keep their own sums, and those of the open ones are added up when
 * somebody asks. Answers how to add a connection that is no longer among them, or never was.
 */
function registerTrafficMetrics(
	registry: Registry,
	open: () => Iterable<OpenTraffic>,
): (closed: Traffic & { readonly direction: Direction }) => void {
	const closed = noTraffic();
	const sum = (): Record<Direction, Sums> => {
		const sums = structuredClone(closed);
		for (const { route, sent, received } of open()) {
			add(sums[route.direction], sent, received);
		}
		return sums;
	};
	new Counter({
		name: "shunt_proxy_connections_total",
		help: "Connections accepted, the refused ones included.",
		labelNames: ["direction"],
		registers: [registry],
		collect() {
			const sums = sum();
			this.reset();
			for (const direction of directions) {
				this.inc({ direction }, sums[direction].connections);
			}
		},
	});
	new Gauge({
		name: "shunt_proxy_connections_open",
		help: "Connections being served now.",
		labelNames: ["direction"],
		registers: [registry],
		collect() {
			const sums = sum();
			for (const direction of directions) {
				this.set({ direction }, sums[direction].connections - closed[direction].connections);
			}
		},
	});
	new Counter({
		name: "shunt_proxy_bytes_total",
		help: "Bytes that clients sent to servers, and that they received from them.",
		labelNames: ["direction", "flow"],
		registers: [registry],
		collect() {
			const sums = sum();
			this.reset();
			for (const direction of directions) {
				this.inc({ direction, flow: "sent" }, sums[direction].sent);
				this.inc({ direction, flow: "received" }, sums[direction].received);
			}
		},
	});
	return ({ direction, sent, received }) => add(closed[direction], sent, received);
}

function noTraffic(): Record<Direction, Sums> {
	return {
		inbound: { sent: 0, received: 0, connections: 0 },
		outbound: { sent: 0, received: 0, connections: 0 },
	};
}

function add(sums: Sums, sent: number, received: number): void {
	sums.sent += sent;
	sums.received += received;
	sums.connections++;
}
