import { type Direction, directions } from "../domain/endpoint.ts";
import { Counter, Gauge, type Registry } from "../serving/prometheus.ts";

/** What a connection has moved in one direction or the other. */
export interface Traffic {
	readonly sent: number;
	readonly received: number;
}

/** A connection that is still open. */
export interface OpenTraffic extends Traffic {
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
export function registerTrafficMetrics(
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
