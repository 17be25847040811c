import { describe, expect, it } from "vitest";
import { natStandsAsSent } from "../../src/backend/iptables/as-sent.ts";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import { ownStateOf, standsAsWritten, wantedState } from "../../src/backend/iptables/own-state.ts";
import { tableStandsAsSent } from "../../src/backend/nftables/as-sent.ts";
import { driftOf } from "../../src/backend/nftables/drift.ts";
import * as nftables from "../../src/backend/nftables/kernel-batch.ts";
import { renderCreation } from "../../src/backend/nftables/render.ts";
import { formatAddress, parseAddress } from "../../src/domain/cidr.ts";
import { families } from "../../src/domain/family.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import type { NatTable } from "../../src/rules/ruleset.ts";
import { readAnswer } from "../../src/wire/answers.ts";
import type { Batch } from "../../src/wire/batch.ts";
import { natTable, steers } from "../../src/wire/nat-tables.ts";
import { readTables } from "../../src/wire/read-tables.ts";
import { namedPolicies } from "../support/named-policies.ts";
import { netlinkInside } from "../support/netlink-inside.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";
import { restoreInput } from "../support/printed-rules.ts";
import { randomPlans } from "../support/random-plans.ts";

/** What we send makes what the tools make: whoever lists the one or the other sees the same. */

const order = "little";

const namedPlans = Object.values(namedPolicies).map((flags) => plan(policyFrom(flags)));
const plans = [...namedPlans, ...randomPlans];

function send(netns: Netns, batch: Batch): void {
	const datagrams = netlinkInside(netns).netlink(batch.bytes);
	expect("name" in datagrams ? datagrams : readAnswer(datagrams, batch, order)).toEqual({ kind: "done" });
}

/** Everything in the namespace but the numbers of rules, tables in the order of their families. */
function listing(netns: Netns): unknown {
	const { nftables: entries } = JSON.parse(netns.run("nft", ["-j", "list", "ruleset"]));
	const family = (entry: Record<string, { family?: string }>) => Object.values(entry)[0]?.family ?? "";
	return entries
		.map((entry: Record<string, object>) =>
			Object.fromEntries(Object.entries(entry).map(([kind, object]) => [kind, { ...object, handle: 0 }])),
		)
		.sort((a: never, b: never) => family(a).length - family(b).length);
}

function saved(netns: Netns): string {
	return families
		.map((family) => netns.run(`${family === "ipv4" ? "iptables" : "ip6tables"}-nft-save`, []))
		.join("")
		.replace(/^#.*\n/gm, "");
}

function tablesIn(netns: Netns): NatTable[] {
	const snapshot = readTables(netlinkInside(netns), order, steers);
	expect(snapshot.kind).toBe("read");
	return snapshot.kind === "read" ? snapshot.tables.map((content) => natTable(content, order)!) : [];
}

async function bothWays<T>(ours: (netns: Netns) => T, theirs: (netns: Netns) => T): Promise<[T, T]> {
	return [await withNetns("wire", ours), await withNetns("wire", theirs)];
}

describe("in the dialect of nftables", () => {
	it.each([false, true])(`prints what nft makes, counters %s`, async (counters) => {
		for (const wanted of counters ? namedPlans : plans) {
			const look = (netns: Netns) => ({ json: listing(netns), text: netns.run("nft", ["list", "ruleset"]) });
			const [ours, theirs] = await bothWays(
				(netns) => {
					send(netns, nftables.creation(wanted, { counters }, { order }));
					return look(netns);
				},
				(netns) => {
					netns.run("nft", ["-f", "-"], renderCreation(wanted, { counters }));
					return look(netns);
				},
			);
			expect(ours).toEqual(theirs);
		}
	});

	it("is read as the plan, whoever made it, in nft's words", async () => {
		for (const wanted of plans) {
			const [ours, theirs] = await bothWays(
				(netns) => {
					send(netns, nftables.creation(wanted, { counters: false }, { order }));
					return tablesIn(netns);
				},
				(netns) => {
					netns.run("nft", ["-f", "-"], renderCreation(wanted, { counters: false }));
					const tables = tablesIn(netns);
					expect(wordsOf(tables)).toEqual(listedWords(netns));
					return tables;
				},
			);
			expect(driftOf(wanted, ours[0]!)).toEqual([]);
			expect(driftOf(wanted, theirs[0]!)).toEqual([]);
		}
	});
});

describe("what stands as it was sent is known without being read, and nothing else is", () => {
	const contents = (netns: Netns) => {
		const snapshot = readTables(netlinkInside(netns), order, steers);
		return snapshot.kind === "read" ? snapshot.tables : [];
	};

	it("in the dialect of nftables, with and without counters", async () => {
		for (const [index, wanted] of plans.entries()) {
			await withNetns("wire", (netns) => {
				send(netns, nftables.creation(wanted, { counters: index % 2 === 0 }, { order }));
				const [content] = contents(netns);
				expect(tableStandsAsSent(content!, wanted, order)).toBe(true);
				const other = plans[(index + 1) % plans.length]!;
				expect(tableStandsAsSent(content!, other, order)).toBe(false);
				const hook = index % 2 === 0 ? "prerouting" : "output";
				netns.run("nft", ["add", "rule", "inet", "shunt", hook, "tcp", "dport", "1", "return"]);
				expect(tableStandsAsSent(contents(netns)[0]!, wanted, order)).toBe(false);
			});
		}
	});

	it("but not in a table that is switched off, or has a chain with another policy", () =>
		withNetns("wire", (netns) => {
			const [wanted] = namedPlans;
			const stands = () => tableStandsAsSent(contents(netns)[0]!, wanted!, order);
			send(netns, nftables.creation(wanted!, { counters: false }, { order }));
			expect(stands()).toBe(true);
			netns.run("nft", ["chain inet shunt output { policy drop ; }"]);
			expect(stands()).toBe(false);
			netns.run("nft", ["chain inet shunt output { policy accept ; }"]);
			expect(stands()).toBe(true);
			const [content] = contents(netns);
			netns.run("nft", ["add table inet shunt { flags dormant ; }"]);
			expect(contents(netns)).toEqual([]);
			const table = { ...content!.table, isDormant: true, hasFlags: true };
			expect(tableStandsAsSent({ ...content!, table }, wanted!, order)).toBe(false);
		}));

	it("in the dialect of iptables-nft", async () => {
		for (const [index, wanted] of plans.entries()) {
			await withNetns("wire", (netns) => {
				send(netns, iptablesNft.creation(wanted, { order }));
				const other = plans[(index + 1) % plans.length]!;
				for (const content of contents(netns)) {
					const family = content.table.scope as "ipv4" | "ipv6";
					expect(natStandsAsSent(content, wanted, family, order)).toBe(true);
					expect(natStandsAsSent(content, other, family, order)).toBe(false);
				}
				const jump = ["PREROUTING", "-p", "tcp", "-j", "PROXY_INIT_REDIRECT"];
				netns.run("iptables-nft", ["-t", "nat", "-A", ...jump]);
				expect(natStandsAsSent(contents(netns)[0]!, wanted, "ipv4", order)).toBe(false);
			});
		}
	});

	it("but not where a verdict map of somebody else leads into our chains", () =>
		withNetns("wire", (netns) => {
			const [wanted] = namedPlans;
			const stands = () => natStandsAsSent(contents(netns)[0]!, wanted!, "ipv4", order);
			send(netns, iptablesNft.creation(wanted!, { order }));
			netns.run("nft", ["add rule ip nat PREROUTING tcp dport vmap { 1 : accept }"]);
			expect(stands()).toBe(true);
			netns.run("nft", ["add rule ip nat PREROUTING tcp dport vmap { 1 : jump PROXY_INIT_REDIRECT }"]);
			expect(stands()).toBe(false);
		}));

	it("with counters that have counted", () =>
		withNetns("wire", (netns) => {
			const [wanted] = namedPlans;
			send(netns, iptablesNft.creation(wanted!, { order }));
			netns.try("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/9"]);
			expect(netns.run("iptables-nft-save", ["-c"])).toMatch(/\[[1-9]\d*:\d+\] -A OUTPUT/);
			expect(natStandsAsSent(contents(netns)[0]!, wanted!, "ipv4", order)).toBe(true);
		}));
});

describe("in the dialect of iptables-nft", () => {
	it("prints what iptables-nft-restore makes", async () => {
		for (const wanted of plans) {
			const look = (netns: Netns) => ({ saved: saved(netns), json: listing(netns) });
			const [ours, theirs] = await bothWays(
				(netns) => {
					send(netns, iptablesNft.creation(wanted, { order }));
					return look(netns);
				},
				(netns) => {
					restore(netns, wanted);
					return look(netns);
				},
			);
			expect(ours).toEqual(theirs);
		}
	});

	it("is read as the plan, word for word, whoever made it", async () => {
		for (const wanted of plans) {
			const [ours, theirs] = await bothWays(
				(netns) => {
					send(netns, iptablesNft.creation(wanted, { order }));
					return tablesIn(netns);
				},
				(netns) => {
					restore(netns, wanted);
					return tablesIn(netns);
				},
			);
			for (const tables of [ours, theirs]) {
				expect(tables.map(({ scope }) => scope)).toEqual(wanted.families);
				for (const table of tables) {
					const own = ownStateOf(table.chains);
					expect(standsAsWritten(own, wantedState(wanted, table.scope as "ipv4" | "ipv6"))).toBe(true);
				}
			}
		}
	});
});

function restore(netns: Netns, wanted: Plan): void {
	for (const family of wanted.families) {
		const program = `${family === "ipv4" ? "iptables" : "ip6tables"}-nft-restore`;
		netns.run(program, ["--noflush"], restoreInput(wanted, family));
	}
}

function wordsOf(tables: readonly NatTable[]): string[] {
	return tables.flatMap(({ chains }) =>
		chains.flatMap(({ rules }) => rules.map(({ text }) => sortedSets(text))),
	);
}

/** The rules as nft lists them. */
function listedWords(netns: Netns): string[] {
	return netns
		.run("nft", ["list", "ruleset"])
		.replace(/,\n\t+ +/g, ", ")
		.split("\n")
		.filter((line) => line.startsWith("\t\t") && !line.startsWith("\t\ttype "))
		.map((line) => sortedSets(line.trim().replace(/::(?:ffff:)?(?:\d+\.){3}\d+/g, inHexadecimal)));
}

/** IPv4 addresses inside IPv6 are spelled two ways. */
function inHexadecimal(text: string): string {
	return formatAddress(parseAddress(text)!);
}

/** nft has an order of its own for what is in a set. */
function sortedSets(words: string): string {
	return words.replace(/\{([^}]*)\}/g, (_, list: string) => {
		const elements = list.split(",").map((element) => element.trim());
		return `{ ${elements.sort().join(", ")} }`;
	});
}
