import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setRules } from "../../src/backend/nftables/gather.ts";
import { renderCreation, renderReplacement } from "../../src/backend/nftables/render.ts";
import { formatAddress } from "../../src/domain/cidr.ts";
import { intervalOf, mergeIntervals, subnetsBetween } from "../../src/domain/intervals.ts";
import { hooks, type Plan, plan } from "../../src/rules/plan.ts";
import { setRuleInWords } from "../../src/rules/words.ts";
import { address, cidr, family, policy } from "../support/arbitraries.ts";

const span = fc
	.tuple(fc.bigInt(0n, 40n), fc.bigInt(0n, 40n))
	.map(([a, b]) => (a < b ? { low: a, high: b } : { low: b, high: a }));

describe("merged intervals", () => {
	it("hold the same numbers, apart from each other and in order", () => {
		fc.assert(
			fc.property(fc.array(span), (spans) => {
				const merged = mergeIntervals(spans);
				for (let number = 0n; number <= 41n; number++) {
					const inside = (list: typeof spans) =>
						list.some(({ low, high }) => low <= number && number <= high);
					expect(inside(merged)).toBe(inside(spans));
				}
				for (const [index, { low }] of merged.slice(1).entries()) {
					expect(low).toBeGreaterThan((merged[index]?.high ?? 0n) + 1n);
				}
			}),
		);
	});
});

describe("a range of addresses", () => {
	it("is the same as the subnets that it is split into", () => {
		fc.assert(
			fc.property(
				family.chain((of) => fc.tuple(address(of), address(of))),
				([one, two]) => {
					const [low, high] = [one, two].sort((a, b) => (hex(a.bytes) < hex(b.bytes) ? -1 : 1));
					const subnets = subnetsBetween(formatAddress(low ?? one), formatAddress(high ?? two));
					const merged = mergeIntervals(subnets.map(intervalOf));
					expect(merged).toEqual([
						{ low: BigInt(`0x${hex(low?.bytes ?? [])}`), high: BigInt(`0x${hex(high?.bytes ?? [])}`) },
					]);
				},
			),
		);
	});

	it("that is a subnet stays one", () => {
		fc.assert(
			fc.property(cidr, (subnet) => {
				const { low, high } = intervalOf(subnet);
				const width = subnet.family === "ipv4" ? 8 : 32;
				const text = (number: bigint) => fromHex(number.toString(16).padStart(width, "0"), subnet.family);
				expect(subnetsBetween(text(low), text(high))).toHaveLength(1);
			}),
		);
	});
});

describe("the number of rules a packet passes", () => {
	it("does not grow with the lists", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				for (const hook of hooks) {
					expect(setRules(plan(asked), hook).length).toBeLessThanOrEqual(10);
				}
			}),
		);
	});
});

describe("the text for nft", () => {
	it("makes or replaces the table whole and holds nothing but rules and sets of it", () => {
		fc.assert(
			fc.property(policy, (asked) => {
				const creation = renderCreation(plan(asked), { counters: false });
				const [head = "", ...lines] = creation.split("\n");
				const text = lines.join("\n");
				expect(head).toMatch(/^create table inet shunt \{ comment "[^"`$\\]+"; \}$/);
				expect(text).toMatch(/^table inet shunt \{\n[^;`$\\]*;/);
				expect(text.match(/comment "/g)?.length).toBe(allSetRules(plan(asked)).length);
				expect(renderReplacement(plan(asked), { counters: false })).toBe(
					`add table inet shunt\ndelete table inet shunt\n${creation.replace(/^create/, "add")}`,
				);
			}),
		);
	});

	it("is the same exactly when the rules are", () => {
		fc.assert(
			fc.property(policy, policy, (one, two) => {
				const words = (asked: typeof one) => allSetRules(plan(asked)).map(setRuleInWords);
				expect(words(one)).toEqual(words(structuredClone(one)));
				expect(JSON.stringify(words(one)) === JSON.stringify(words(two))).toBe(
					renderCreation(plan(one), { counters: false }) === renderCreation(plan(two), { counters: false }),
				);
			}),
			{ numRuns: 500 },
		);
	});
});

function allSetRules(of: Plan) {
	return hooks.flatMap((hook) => setRules(of, hook));
}

function hex(bytes: readonly number[]): string {
	return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(digits: string, of: "ipv4" | "ipv6"): string {
	return of === "ipv4"
		? (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).join(".")
		: (digits.match(/..../g) ?? []).join(":");
}
