import { describe, expect, it } from "vitest";
import { namedPolicies } from "../../../test/support/named-policies.ts";
import { policyFrom } from "../../../test/support/policies.ts";
import { families } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import { createMemoryHost } from "../../host/memory.ts";
import { MemoryXtables } from "../../host/memory-xtables.ts";
import { plan } from "../../rules/plan.ts";
import { words } from "../../wire/bytes.ts";
import { extensionBytes, extensionsIn, type IpTable } from "../../wire/ip-table.ts";
import { backendOf } from "../backends.ts";
import { survey } from "../tables.ts";
import { isBare, withOurComments, withoutOurComments } from "./bare-table.ts";
import { withPlan } from "./legacy-chains.ts";
import { applyLegacy, probeLegacy, removeLegacy } from "./legacy-kernel.ts";
import { readLegacyTable } from "./legacy-table.ts";

const order = words.little;

function tableOf(args: string, family: "ipv4" | "ipv6"): IpTable {
	const chains = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map((name, index) => ({
		name,
		rules: [],
		base: { hook: [0, 1, 3, 4][index] ?? 0, policy: "accept" as const },
	}));
	return withPlan({ family, chains }, plan(policyFrom(args)), order);
}

/** As gVisor tells of a table: all matches are of revision 0. */
function told(table: IpTable): IpTable {
	return {
		...table,
		chains: table.chains.map((chain) => ({
			...chain,
			rules: chain.rules.map((rule) => ({
				...rule,
				matches: (extensionsIn(rule.matches, order) ?? [])
					.map((match) => extensionBytes({ ...match, revision: 0 }, order))
					.join(""),
			})),
		})),
	};
}

describe("rules without comments", () => {
	const cases = Object.entries(namedPolicies).flatMap(([name, args]) =>
		families.map((family) => ({ name, args, family })),
	);

	it.each(cases)("are known again by what they are: $name, $family", ({ args, family }) => {
		const table = tableOf(args, family);
		const bare = withoutOurComments(table, order);
		expect(isBare(table, order)).toBe(false);
		expect(isBare(bare, order)).toBe(true);
		// What the kernel keeps of a subnet is its first address, and nothing of one that is every address.
		const spelled = /0\.0\.0\.0\/0|\/12|2001:DB8|::\/0/.test(args);
		expect(withOurComments(told(bare), order).chains.length).toBe(table.chains.length);
		if (!spelled) {
			expect(withOurComments(told(bare), order)).toEqual(table);
		}
	});
});

/** A kernel that takes no comments, counts no entries and tells of no revisions, as gVisor. */
function gvisor(): Host {
	const kernel = new MemoryXtables();
	const xtables: Host["xtables"] = (family, operation, request) => {
		if (operation === "match-revision" || operation === "target-revision") {
			return request.startsWith("comment\0") ? { name: "ENOENT", number: 2, message: "not there" } : request;
		}
		if (operation === "replace" && request.includes("comment\0")) {
			return { name: "EINVAL", number: 22, message: "invalid argument" };
		}
		const info = kernel.ask(family, "info", "");
		const counted = `${request.slice(0, 84)}${typeof info === "string" ? info.slice(76, 80) : ""}${request.slice(88)}`;
		return kernel.ask(family, operation, operation === "replace" ? counted : request);
	};
	return createMemoryHost({ xtables });
}

describe("on a kernel that takes no comments, without a list of tables", () => {
	const wanted = plan(
		policyFrom("-p 4143 -o 4140 -u 2102 --outbound-interfaces-to-ignore lo --subnets-to-ignore 10.1.2.3/8"),
	);
	const both = (outcome: string) => families.map((family) => ({ family, outcome, comments: false }));

	it("a plan is made, found, not made again, and removed", () => {
		const host = gvisor();
		expect(applyLegacy(host, wanted, { wait: false })).toEqual(both("created"));
		expect(applyLegacy(host, wanted, { wait: false })).toEqual(both("unchanged"));
		expect(backendOf("legacy").check(host, wanted)).toEqual(families.map((scope) => ({ scope, drift: [] })));
		const other = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
		expect(backendOf("legacy").check(host, other)[0]?.drift).not.toEqual([]);
		expect(applyLegacy(host, other, { wait: false })).toEqual(both("replaced"));
		expect(removeLegacy(host, families)).toEqual(families);
		expect(removeLegacy(host, families)).toEqual([]);
	});

	it("the tables are seen to be there", () => {
		const { existing, hidden } = survey(gvisor());
		expect(existing.map(({ dialect, scope }) => `${dialect} ${scope}`)).toEqual([
			"legacy ipv4",
			"legacy ipv6",
		]);
		expect(hidden).toEqual([]);
	});

	it("a trial is put back", () => {
		const host = gvisor();
		expect(probeLegacy(host, families, 2102)).toBeUndefined();
		expect(readLegacyTable(host, "ipv4").table.chains.map(({ name }) => name)).toEqual([
			"PREROUTING",
			"INPUT",
			"OUTPUT",
			"POSTROUTING",
		]);
	});
});
