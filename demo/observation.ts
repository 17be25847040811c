import type { Expectation, Path } from "./expectation.ts";
import type { Meeting } from "./messages.ts";
import { proxy } from "./world.ts";

/** How many connections the proxy has accepted. */
export interface Counts {
	readonly inbound: number;
	readonly outbound: number;
}

/** What became of one connection: either it was made, or there is a reason why not. */
export type Observation =
	| { readonly kind: "made"; readonly counted: Counts; readonly meeting: Meeting }
	| { readonly kind: "failed"; readonly counted: Counts; readonly reason: string };

/** Which way it went according to the proxy; undefined when the counts fit none. */
export function pathByMetrics({ counted }: Observation): Path | undefined {
	const { inbound, outbound } = counted;
	if (inbound + outbound === 0) {
		return "direct";
	}
	return inbound + outbound === 1 ? (inbound === 1 ? "inbound" : "outbound") : undefined;
}

/** Whether somebody stood between, according to the server: then it did not see the caller's own socket. */
export function wasDirect({ caller, seen }: Meeting): boolean {
	return caller.address === seen.address && caller.port === seen.port;
}

/** True when the proxy's metrics, what the server saw and the expectation all say the same. */
export function isAsExpected(expected: Expectation, observed: Observation): boolean {
	if (observed.kind === "failed" || pathByMetrics(observed) !== expected.path) {
		return false;
	}
	const { meeting } = observed;
	return expected.path === "direct"
		? wasDirect(meeting)
		: !wasDirect(meeting) && meeting.seenUid === proxy.uid;
}

/** Reads the proxy's connection counters out of Prometheus's text format. */
export function parseCounts(metrics: string): Counts {
	const count = (direction: string) => {
		const pattern = new RegExp(`^shunt_proxy_connections_total\\{direction="${direction}"\\} (\\d+)$`, "m");
		const [, number] = pattern.exec(metrics) ?? [];
		if (number === undefined) {
			throw new Error(`the proxy's metrics have no shunt_proxy_connections_total for ${direction}`);
		}
		return Number(number);
	};
	return { inbound: count("inbound"), outbound: count("outbound") };
}

export function countsBetween(before: Counts, after: Counts): Counts {
	return { inbound: after.inbound - before.inbound, outbound: after.outbound - before.outbound };
}
