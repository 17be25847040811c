import type { Port } from "../../domain/port.ts";
import { only } from "../../policy/condition.ts";
import { type PlannedRule, pass, redirectTo, tcp } from "../../rules/plan.ts";
import type { Owner } from "../backend.ts";

/** The chain of a trial, which nothing leads into. */
export const probeChain = "SHUNT_PROBE";

/** Every kind of rule that we write. */
export function probeRules(owner: Owner): PlannedRule[] {
	const one = 1 as Port;
	const ports = { kind: "destination-port", ports: [{ low: one, high: 2 as Port }] } as const;
	const single = { kind: "destination-port", ports: [{ low: one, high: one }] } as const;
	return [
		...(owner === "nobody"
			? []
			: [
					{
						reason: "ignore-proxy-user-id",
						conditions: [{ kind: "uid", ids: only(owner) }],
						action: pass,
					} as const,
				]),
		{ reason: "ignore-port", conditions: [tcp, ports], action: pass },
		{ reason: "redirect-port", conditions: [tcp, single], action: redirectTo(one) },
	];
}
