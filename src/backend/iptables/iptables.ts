import type { Family } from "../../domain/family.ts";
import { type Plan, rulesOf } from "../../plan/plan.ts";
import type { Backend, SetUpOptions, Transaction } from "../backend.ts";
import { chainNames, jumpSpec } from "./chains.ts";
import { check } from "./check.ts";
import { probe } from "./probe.ts";
import { renderRule } from "./render-rule.ts";
import { restoreInput } from "./restore-input.ts";
import { setUp } from "./set-up.ts";
import { tearDown } from "./tear-down.ts";
import { waitFlags } from "./tools.ts";
import { takesWaitFlag, toolsOf, type Variant } from "./variant.ts";

/** The dialect of iptables, in one of its variants. */
export function iptablesBackend(variant: Variant): Backend {
	return {
		setUp: (host, plan, options) => setUp(host, variant, plan, options),
		check: (host, plan) => check(host, variant, plan),
		tearDown: (host, families) => tearDown(host, variant, families),
		probe: (host, families, owner) => probe(host, variant, families, owner),
		transactions: (plan, options) =>
			plan.families.map((family) => freshTransaction(variant, plan, family, options)),
		rules: (plan) => Object.fromEntries(plan.families.map((family) => [family, chainsOf(plan, family)])),
		hasLock: takesWaitFlag(variant),
	};
}

function freshTransaction(variant: Variant, plan: Plan, family: Family, { wait }: SetUpOptions): Transaction {
	const flags = wait && takesWaitFlag(variant) ? ["--noflush", ...waitFlags] : ["--noflush"];
	return { command: [toolsOf(variant, family).restore, ...flags], input: restoreInput(plan, family) };
}

/** The kernel's chains with the one rule of ours in each, and our own. */
function chainsOf(plan: Plan, family: Family): Record<string, string[]> {
	return Object.fromEntries(
		plan.chains.flatMap((chain) => {
			const { builtIn, own } = chainNames[chain.hook];
			return [
				[builtIn, [jumpSpec(chain.hook)]],
				[own, rulesOf(chain, family).flatMap(renderRule)],
			];
		}),
	);
}
