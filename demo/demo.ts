import type { Family } from "../src/domain/family.ts";
import { type Mode, modes } from "../src/domain/mode.ts";
import type { Plan } from "../src/rules/plan.ts";
import type { CleanUp } from "./clean-up.ts";
import { afterClean, type Connection, connections } from "./connections.ts";
import { noRules, planFor } from "./expectation.ts";
import { type Inhabitants, startInhabitants } from "./inhabitants.ts";
import { availableFamilies, makeNamespaces } from "./namespaces.ts";
import { startProxy } from "./proxy.ts";
import { type Applied, apply, clean } from "./shunt.ts";
import { type Trial, tryConnection } from "./trial.ts";
import { policyArgs } from "./world.ts";

/** What a dialect did with the policy, and which way connections went then. */
export interface DialectResult {
	readonly mode: Mode;
	readonly applied: Applied;
	/** Empty when the dialect cannot be used here. */
	readonly trials: readonly Trial[];
}

export interface Watcher {
	/** What is happening now, for those who wait. */
	progress(what: string): void;
	/** A dialect is through. */
	result(result: DialectResult): void;
}

/** Builds the little world, and applies and tries every dialect in it. Whatever has to be undone is in `cleanUp`. */
export async function runDemo(cleanUp: CleanUp, watcher: Watcher): Promise<DialectResult[]> {
	watcher.progress("two pods and a client, joined by veth; an application, a backend and shunt proxy");
	makeNamespaces(cleanUp);
	const inhabitants = await startInhabitants(cleanUp);
	await startProxy(cleanUp, inhabitants.application);
	const results: DialectResult[] = [];
	for (const mode of modes) {
		watcher.progress(`${mode}: applying rules, opening connections`);
		const result = await tryDialect(inhabitants, mode);
		watcher.result(result);
		results.push(result);
	}
	return results;
}

async function tryDialect(inhabitants: Inhabitants, mode: Mode): Promise<DialectResult> {
	const families = availableFamilies();
	const args = families.includes("ipv6") ? policyArgs : [...policyArgs, "--ipv6=false"];
	const applied = await apply(mode, args);
	if (applied.kind === "unusable") {
		return { mode, applied, trials: [] };
	}
	const ruled = await tryAll(inhabitants, planFor(args), connections, families);
	await clean();
	const cleaned = await tryAll(inhabitants, noRules, [afterClean], families);
	return { mode, applied, trials: [...ruled, ...cleaned] };
}

async function tryAll(
	inhabitants: Inhabitants,
	rules: Plan,
	wanted: readonly Connection[],
	families: readonly Family[],
): Promise<Trial[]> {
	const trials: Trial[] = [];
	for (const connection of wanted) {
		for (const family of families) {
			trials.push(await tryConnection(inhabitants, rules, connection, family));
		}
	}
	return trials;
}
