import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WrittenRules } from "../../src/backend/backend.ts";
import { backendOf } from "../../src/backend/backends.ts";
import { tableDialects } from "../../src/domain/mode.ts";
import { plan } from "../../src/rules/plan.ts";
import { policy } from "../support/arbitraries.ts";

describe("rules as they stand within a text in JSON", () => {
	it.each(tableDialects)("are in mode %s what JSON makes of them", (dialect) => {
		const { rules } = backendOf(dialect);
		fc.assert(
			fc.property(policy, (asked) => {
				expect(rules(plan(asked), '\\"')).toEqual(inJson(rules(plan(asked), '"')));
			}),
			{ numRuns: 1000 },
		);
	});
});

function inJson(rules: WrittenRules): WrittenRules {
	return Object.fromEntries(
		Object.entries(rules).map(([scope, chains]) => [
			scope,
			Object.fromEntries(
				Object.entries(chains).map(([chain, written]) => [
					chain,
					written.map((rule) => JSON.stringify(rule).slice(1, -1)),
				]),
			),
		]),
	);
}
