import type { Family } from "../src/domain/family.ts";
import { parseInitOptions } from "../src/init/options.ts";
import { evaluate } from "../src/rules/evaluate.ts";
import type { Plan } from "../src/rules/plan.ts";
import { plan } from "../src/rules/plan.ts";
import { type Connection, packetOf } from "./connections.ts";
import { proxy } from "./world.ts";

/** Which way a connection goes. */
export type Path = "direct" | "inbound" | "outbound";

export interface Expectation {
	readonly path: Path;
	/** The id of the rule that decides; absent when none does. */
	readonly reason?: string;
}

export const noRules: Plan = { families: [], chains: [] };

/** What `shunt init` with these arguments is going to apply. */
export function planFor(args: readonly string[]): Plan {
	const options = parseInitOptions(args, "shunt init");
	if (!options.ok) {
		throw new Error(`the demo's own arguments are wrong: ${JSON.stringify(options.problems)}`);
	}
	return plan(options.value.policy);
}

/** The plan's own word on a connection, before any kernel is asked. */
export function expect(rules: Plan, connection: Connection, family: Family): Expectation {
	const { fate, decidedBy } = evaluate(rules, packetOf(connection, family));
	const path = fate.kind === "pass" ? "direct" : pathThrough(fate.port);
	return decidedBy === undefined ? { path } : { path, reason: decidedBy.reason };
}

function pathThrough(port: number): Path {
	return port === proxy.inboundPort ? "inbound" : "outbound";
}
