import { dialects } from "../../domain/mode.ts";
import { get, isObject, type Json, objectAt, textAt } from "../../inject/json.ts";

/** What is known about a node in the end. */
export type NodeFinding =
	| { readonly node: string; readonly kind: "probed"; readonly served: boolean; readonly report: NodeReport }
	/** There is no saying what it could serve. */
	| { readonly node: string; readonly kind: "unknown"; readonly reason: string }
	/** It will never run a pod of ours. */
	| { readonly node: string; readonly kind: "left-out"; readonly reason: string };

export interface NodeReport {
	readonly kernel: string;
	/** What could be used there. */
	readonly working: readonly string[];
	/** Why not, by mode. */
	readonly failures: Readonly<Record<string, string>>;
}

/** Reads what `shunt init --probe` wrote, from a log that its other lines are in too. Undefined where it is not there. */
export function readProbeLog(log: string): { served: boolean; report: NodeReport } | undefined {
	const objects = log.split("\n").map(parse).filter(isObject);
	const probe = objects.findLast((object) => isObject(get(object, "dialects")));
	if (probe === undefined) {
		return undefined;
	}
	const tried = objectAt(probe, "dialects");
	const failures = dialects.flatMap((dialect) => {
		const result = objectAt(tried, dialect);
		return get(result, "ok") === true
			? []
			: [[dialect, textAt(result, "message") ?? "no reason given"] as const];
	});
	return {
		served: get(objectAt(probe, "mode"), "served") === true,
		report: {
			kernel: textAt(probe, "kernel") ?? "unknown",
			working: dialects.filter((dialect) => get(objectAt(tried, dialect), "ok") === true),
			failures: Object.fromEntries(failures),
		},
	};
}

function parse(line: string): Json | undefined {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}
