import { expect, test } from "vitest";
import { differenceOf } from "./difference.ts";
import type { RecordedCase } from "./recorded-case.ts";

const table = ["*nat", "-A OUTPUT -j PROXY_INIT_OUTPUT", "-A PROXY_INIT_OUTPUT -j RETURN", "COMMIT"];
const good: RecordedCase = { args: [], mode: "nft", exit: 0, error: "", ipv4: table, ipv6: table };
const bad: RecordedCase = { ...good, exit: 1, error: "Error: exit status 2", ipv6: [] };
const empty = { said: "", ipv4: [], ipv6: [] };

test("equal tables are no difference", () => {
	expect(differenceOf(good, { exit: 0, said: "", ipv4: table, ipv6: table })).toBeUndefined();
});

test("a rule that is missing or too many is shown", () => {
	const ipv6 = ["*nat", "-A OUTPUT -j PROXY_INIT_OUTPUT", "-A OUTPUT -j RETURN", "COMMIT"];
	expect(differenceOf(good, { exit: 0, said: "", ipv4: table, ipv6 })).toEqual([
		"ipv6: - -A PROXY_INIT_OUTPUT -j RETURN",
		"ipv6: + -A OUTPUT -j RETURN",
	]);
});

test("order counts", () => {
	expect(differenceOf(good, { exit: 0, said: "", ipv4: table.toReversed(), ipv6: table })).toEqual([
		"ipv4: the same lines in another order",
	]);
});

test("where the reference program fails, failing with nothing left is no difference", () => {
	expect(differenceOf(bad, { exit: 64, ...empty })).toBeUndefined();
	expect(differenceOf(bad, { exit: 64, ...empty, ipv4: [":PROXY_INIT_OUTPUT -"] })).toEqual([
		"ours failed and left: :PROXY_INIT_OUTPUT -",
	]);
});

test("one that fails alone is", () => {
	expect(differenceOf(bad, { exit: 0, ...empty })?.[0]).toContain("ours accepts this");
	expect(differenceOf(good, { exit: 64, ...empty, said: "no" })?.[0]).toContain("ours exits 64: no");
});
