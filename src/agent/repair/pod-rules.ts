import { impatient } from "../../backend/impatient.ts";
import { applyPlan } from "../../cni/apply.ts";
import { checkRules } from "../../cni/check-rules.ts";
import { CniError, errorCodes } from "../../cni/cni-error.ts";
import { readNodeRecord } from "../../cni/node-record.ts";
import type { PluginConfig } from "../../cni/plugin-config.ts";
import { rulesHost } from "../../cni/plugin-host.ts";
import type { Host } from "../../host/host.ts";
import { StrandedInNetns, type Visit } from "../../linux/netns.ts";
import { plan } from "../../rules/plan.ts";
import type { MeshedPod } from "./meshed-pod.ts";

/** What came of looking at a pod's rules, or of making them. */
export type RulesOutcome =
	| { readonly kind: "done" }
	/** The rules are not what they should be, in words. */
	| { readonly kind: "drift"; readonly why: string }
	/** Somebody else is at it, who will be done soon. */
	| { readonly kind: "busy"; readonly why: string }
	| { readonly kind: "failed"; readonly why: string };

export interface PodRulesParts {
	readonly host: Host;
	/** The one in force. */
	readonly config: () => PluginConfig;
	/** Goes there and comes back. */
	readonly visit: Visit;
}

/**
 * Looks at the rules in a pod's network namespace, and makes them, by the very code of the plugin's CHECK and ADD. No process is
 * started for it, so that fifty pods are a matter of milliseconds; and nothing else of the agent runs meanwhile.
 */
export class PodRules {
	readonly #parts: PodRulesParts;

	constructor(parts: PodRulesParts) {
		this.#parts = parts;
	}

	/**
	 * Rules in another dialect than the one that is configured by now are no drift: they do their work until the pod ends. Throws
	 * only what no look can mend.
	 */
	check(pod: MeshedPod, netns: string): RulesOutcome {
		return this.#inside(netns, (host) => checkRules(host, "auto", plan(pod.policy)));
	}

	/** All of them, or none. Throws only what no look can mend. */
	make(pod: MeshedPod, netns: string): RulesOutcome {
		const { config, host } = this.#parts;
		const { mode, runDir } = config();
		const recorded = mode === "auto" ? readNodeRecord(host, runDir).mode : undefined;
		return this.#inside(netns, (inside) => applyPlan(inside, recorded ?? mode, plan(pod.policy)));
	}

	#inside(netns: string, act: (host: Host) => unknown): RulesOutcome {
		const { host, config, visit } = this.#parts;
		try {
			visit(netns, () => act(impatient(rulesHost(host, config()))));
			return { kind: "done" };
		} catch (error) {
			if (error instanceof StrandedInNetns) {
				throw error;
			}
			return { kind: kindOf(error), why: inWords(error) };
		}
	}
}

function kindOf(error: unknown): "drift" | "busy" | "failed" {
	switch (error instanceof CniError ? error.code : undefined) {
		case errorCodes.drift:
			return "drift";
		case errorCodes.tryAgain:
			return "busy";
		default:
			return "failed";
	}
}

function inWords(error: unknown): string {
	const details = error instanceof CniError ? error.details : [];
	return [error instanceof Error ? error.message : String(error), ...details].join("; ");
}
