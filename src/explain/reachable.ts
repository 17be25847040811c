import type { NatChain, NatTable } from "../ruleset/ruleset.ts";

/** A chain and those that its rules lead to, each once, whatever circles they make. */
export function reachable(table: NatTable, base: NatChain): NatChain[] {
	const found = [base];
	for (const { rules } of found) {
		for (const { action } of rules) {
			const name = action.kind === "jump" || action.kind === "goto" ? action.chain : undefined;
			const next = table.chains.find((chain) => chain.name === name);
			if (next !== undefined && !found.includes(next)) {
				found.push(next);
			}
		}
	}
	return found;
}
