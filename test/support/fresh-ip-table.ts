import type { Family } from "../../src/domain/family.ts";
import { baseChainNames, type IpTable } from "../../src/wire/ip-table.ts";

/** A family's nat table as ip_tables makes it, with no rules; the kernel's has no FORWARD. */
export function freshIpTable(family: Family, policyOfOutput: "accept" | "drop" = "accept"): IpTable {
	return {
		family,
		chains: baseChainNames.flatMap((name, hook) =>
			name === "FORWARD"
				? []
				: [{ name, rules: [], base: { hook, policy: name === "OUTPUT" ? policyOfOutput : "accept" } }],
		),
	};
}
