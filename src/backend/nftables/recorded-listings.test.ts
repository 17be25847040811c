import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rulesetPrinted } from "../../../test/support/printed-rules.ts";
import { type FoundRule, unparsedIn } from "../../rules/rule.ts";
import type { NatTable } from "../../rules/ruleset.ts";

/**
 * One ruleset as two releases of nft printed it: a table of some of everything, one that is switched off, and one that
 * goes with its owner.
 */
const versions = ["1.0.6", "1.1.7"] as const;

function recorded(version: string, ending: "json" | "txt"): string {
	return readFileSync(
		new URL(`../../../test/vectors/nft-listings/${version}.${ending}`, import.meta.url),
		"utf8",
	);
}

function tablesOf(json: string, text: string): readonly NatTable[] {
	const { tables, gaps } = rulesetPrinted({ listing: { json, text } });
	expect(gaps).toEqual([]);
	return tables;
}

function rulesOf(tables: readonly NatTable[], name: string): readonly FoundRule[] {
	return tables.find((table) => table.name === name)?.chains.flatMap(({ rules }) => rules) ?? [];
}

describe.each(versions)("what nft %s printed", (version) => {
	const tables = tablesOf(recorded(version, "json"), recorded(version, "txt"));

	it("has the tables that are switched on", () => {
		expect(tables.map(({ name }) => name)).toEqual(["fw", "firewalld"]);
	});

	it("has each rule beside its own words, whatever stands at the tables' heads", () => {
		expect(rulesOf(tables, "firewalld").map(({ text }) => text)).toEqual([
			"tcp dport 8080 counter packets 0 bytes 0 redirect to :9001",
			"tcp dport 8081 redirect to :9002",
		]);
		const texts = rulesOf(tables, "fw").map(({ text }) => text);
		expect(texts[0]).toBe("fib daddr type local tcp dport 8080 counter packets 0 bytes 0 redirect to :9000");
		expect(texts.filter((text) => /^[{[]"/.test(text))).toEqual([]);
	});

	it("says in nft's words what is not understood, and no more than that", () => {
		expect(rulesOf(tables, "fw").flatMap(unparsedIn)).toEqual([
			"fib daddr . iif type local",
			"ct status dnat",
			"numgen random mod 2 0",
			version === "1.0.6" ? "limit rate 5/second" : "limit rate 5/second burst 5 packets",
			"ip daddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 90 }",
			"dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080 }",
			"redirect to :tcp dport map { 80 : 9090 }",
			'meta iifkind "veth"',
			"ip dscp cs1",
			"tcp option maxseg exists",
			"rt ip nexthop 10.0.0.1",
			"socket transparent 1",
			"ct original ip saddr 10.0.0.1",
			"jhash ip saddr mod 2 0",
			"exthdr hbh exists",
			'meta time >= "2024-01-01 00:00:00"',
			"quota over 25 mbytes",
			"ct count over 5",
		]);
	});

	it("understands the rest alike", () => {
		const understood = ({ conditions, action, comment }: FoundRule) => ({ conditions, action, comment });
		const both = versions.map((one) =>
			rulesOf(tablesOf(recorded(one, "json"), recorded(one, "txt")), "fw")
				.filter((rule) => unparsedIn(rule).length === 0)
				.map(understood),
		);
		expect(both[0]).toEqual(both[1]);
		expect(both[0]).toHaveLength(10);
	});
});

describe("single flags", () => {
	it("are read bare and as a list of one, wherever nft prints them", () => {
		const listed = recorded("1.1.7", "json");
		const bare = listed.replaceAll(/"flags": \["(\w+)"\]/g, '"flags": "$1"');
		expect(bare).not.toBe(listed);
		const text = recorded("1.1.7", "txt");
		expect(tablesOf(bare, text)).toEqual(tablesOf(listed, text));
	});
});

describe("a listing without the rules' words", () => {
	it("still tells which tables are switched off, where its flags do", () => {
		expect(tablesOf(recorded("1.1.7", "json"), "").map(({ name }) => name)).toEqual(["fw", "firewalld"]);
	});

	it("does not guess where they do not", () => {
		const { tables, gaps } = rulesetPrinted({ listing: { json: recorded("1.0.6", "json"), text: "" } });
		expect(tables.map(({ name }) => name)).toEqual(["fw"]);
		expect(gaps).toMatchObject([
			{ scope: "inet", table: "off" },
			{ scope: "inet", table: "firewalld" },
		]);
	});
});
