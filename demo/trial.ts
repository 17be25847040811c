import type { Family } from "../src/domain/family.ts";
import type { Plan } from "../src/rules/plan.ts";
import type { Connection } from "./connections.ts";
import { type Expectation, expect } from "./expectation.ts";
import { ConnectionFailed, type Inhabitants } from "./inhabitants.ts";
import { countsBetween, isAsExpected, type Observation } from "./observation.ts";
import { readCounts } from "./proxy.ts";

/** One connection, really made. */
export interface Trial {
	readonly connection: Connection;
	readonly family: Family;
	readonly expected: Expectation;
	readonly observed: Observation;
	readonly ok: boolean;
}

/** Opens a connection and looks which way it went. One at a time, so that the proxy's counters can be read around it. */
export async function tryConnection(
	inhabitants: Inhabitants,
	rules: Plan,
	connection: Connection,
	family: Family,
): Promise<Trial> {
	const expected = expect(rules, connection, family);
	const before = await readCounts(inhabitants.application);
	const result = await open(inhabitants, connection, family);
	const counted = countsBetween(before, await readCounts(inhabitants.application));
	const observed: Observation = { ...result, counted };
	return { connection, family, expected, observed, ok: isAsExpected(expected, observed) };
}

async function open(inhabitants: Inhabitants, connection: Connection, family: Family) {
	const to = { address: connection.destination[family], port: connection.port };
	try {
		return { kind: "made", meeting: await inhabitants[connection.caller].connect(to) } as const;
	} catch (error) {
		if (error instanceof ConnectionFailed) {
			return { kind: "failed", reason: error.message } as const;
		}
		throw error;
	}
}
