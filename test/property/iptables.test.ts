import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driftOfState, understoodIn } from "../../src/backend/iptables/drift.ts";
import { nothing, ownStateOf, wantedOver, wantedState } from "../../src/backend/iptables/own-state.ts";
import { readChains } from "../../src/backend/iptables/read.ts";
import { transaction } from "../../src/backend/iptables/transaction.ts";
import { MemoryNatTable } from "../../src/host/memory-nat-table.ts";
import { type PlannedRule, plan, rulesOf } from "../../src/rules/plan.ts";
import { plannedRuleInWords } from "../../src/rules/words.ts";
import { family, policy } from "../support/arbitraries.ts";
import { restoreInput } from "../support/printed-rules.ts";

describe("a plan that was applied", () => {
	it("is read back as itself", () => {
		fc.assert(
			fc.property(policy, family, (asked, of) => {
				const table = new MemoryNatTable();
				expect(table.restore(restoreInput(plan(asked), of))).toBeUndefined();
				const own = ownStateOf(readChains(table.save()));
				expect(driftOfState(plan(asked), of, own)).toEqual([]);
				for (const chain of plan(asked).chains) {
					expect(understoodIn(own).get(chain.hook)?.map(inWords)).toEqual(
						rulesOf(chain, of).map(plannedRuleInWords),
					);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	it("differs from every plan whose rules differ", () => {
		fc.assert(
			fc.property(policy, policy, family, (one, two, of) => {
				const state = wantedState(plan(one), of);
				const differs = driftOfState(plan(two), of, state).length > 0;
				expect(differs).toBe(restoreInput(plan(one), of) !== restoreInput(plan(two), of));
			}),
			{ numRuns: 1000 },
		);
	});
});

describe("a transaction", () => {
	it("leads from any plan to any other and back", () => {
		fc.assert(
			fc.property(policy, policy, family, (one, two, of) => {
				const table = new MemoryNatTable();
				const read = () => ownStateOf(readChains(table.save()));
				const empty = table.save();
				table.restore(restoreInput(plan(one), of));
				const before = read();
				const target = wantedOver(before, wantedState(plan(two), of));
				expect(table.restore(transaction(before, target))).toBeUndefined();
				expect(driftOfState(plan(two), of, read())).toEqual([]);
				expect(table.restore(transaction(read(), before))).toBeUndefined();
				expect(read()).toEqual(before);
				expect(table.restore(transaction(read(), nothing))).toBeUndefined();
				expect(table.save()).toBe(empty);
			}),
			{ numRuns: 500 },
		);
	});
});

describe("rendered text", () => {
	it("never holds more than 15 ports in one match", () => {
		fc.assert(
			fc.property(policy, family, (asked, of) => {
				for (const [, list = ""] of restoreInput(plan(asked), of).matchAll(/--dports (\S+)/g)) {
					expect(list.split(/[,:]/).length).toBeLessThanOrEqual(15);
				}
			}),
		);
	});

	it("keeps every comment within what the kernel stores", () => {
		// XT_MAX_COMMENT_LEN in linux/netfilter/xt_comment.h is 256, with the terminating zero.
		fc.assert(
			fc.property(policy, family, (asked, of) => {
				for (const [, comment = ""] of restoreInput(plan(asked), of).matchAll(/--comment "([^"]*)"/g)) {
					expect(comment.length).toBeLessThan(256);
				}
			}),
		);
	});
});

function inWords(rule: PlannedRule | string): string {
	return typeof rule === "string" ? rule : plannedRuleInWords(rule);
}
