import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import type { Dialect } from "../domain/mode.ts";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { plan } from "../rules/plan.ts";
import { backendOf } from "./backends.ts";
import { removeEverything, removeStaleRules, type StaleRules } from "./stale-rules.ts";

const both = ["ipv4", "ipv6"] as const;

function hostWith(dialects: readonly Dialect[], plainSpeaks: "legacy" | "nft" = "nft"): MemoryHost {
	const host = createMemoryHost({ hasNft: true, plainSpeaks });
	const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
	for (const dialect of dialects) {
		backendOf(dialect).setUp(host, wanted, { wait: false, counters: false });
	}
	return host;
}

function holders(host: MemoryHost): string[] {
	const holding = (["legacy", "nft"] as const).flatMap((dialect) =>
		both
			.filter((family) => host.natTable(dialect, family).save().includes("PROXY_INIT_OUTPUT"))
			.map((family) => `${dialect} ${family}`),
	);
	const tables = host.nftables.tables().map(({ family, name }) => `${family} ${name}`);
	return [...holding, ...tables];
}

function named(stale: readonly StaleRules[]): string[] {
	return stale.map(({ dialect, scope }) => `${dialect} ${scope}`);
}

const everywhere: readonly Dialect[] = ["legacy", "nft", "nftables"];

describe("removeStaleRules", () => {
	it.each<[spoken: Dialect, kept: string[], removed: string[]]>([
		["legacy", ["legacy ipv4", "legacy ipv6"], ["nft ipv4", "nft ipv6", "nftables inet"]],
		["nft", ["nft ipv4", "nft ipv6"], ["legacy ipv4", "legacy ipv6", "nftables inet"]],
		["nftables", ["inet shunt"], ["legacy ipv4", "nft ipv4", "legacy ipv6", "nft ipv6"]],
	])("keeps what %s says", (spoken, kept, removed) => {
		const host = hostWith(everywhere);
		expect(named(removeStaleRules(host, spoken, both).stale).sort()).toEqual([...removed].sort());
		expect(holders(host)).toEqual(kept);
	});

	it.each<[plainSpeaks: "legacy" | "nft", kept: string[]]>([
		["legacy", ["legacy ipv4", "legacy ipv6"]],
		["nft", ["nft ipv4", "nft ipv6"]],
	])("keeps what plain iptables says where it speaks %s", (plainSpeaks, kept) => {
		const host = hostWith(everywhere, plainSpeaks);
		host.intercept("iptables-restore", ({ argv }) =>
			argv.includes("--version")
				? {
						outcome: { kind: "exited", code: 0 },
						stdout: `iptables-restore v1.8.9 (${plainSpeaks === "nft" ? "nf_tables" : "legacy"})\n`,
						stderr: "",
					}
				: undefined,
		);
		removeStaleRules(host, "plain", both);
		expect(holders(host)).toEqual(kept);
	});

	it("does not ask plain iptables for its version where one of the two has a table alone", () => {
		const host = hostWith(["plain", "nftables"], "legacy");
		const before = host.commands.length;
		expect(named(removeStaleRules(host, "plain", both).stale)).toEqual(["nftables inet"]);
		expect(host.commands.slice(before)).toEqual(["nft -f -"]);
		expect(holders(host)).toEqual(["legacy ipv4", "legacy ipv6"]);
	});

	it("removes a family that is off now, in the dialect that is spoken too", () => {
		const host = hostWith(["nft"]);
		expect(named(removeStaleRules(host, "nft", ["ipv4"]).stale)).toEqual(["nft ipv6"]);
		expect(holders(host)).toEqual(["nft ipv4"]);
	});

	it("starts no process where there is nothing to look into", () => {
		const host = createMemoryHost({ hasNft: true });
		expect(removeStaleRules(host, "nftables", both).stale).toEqual([]);
		expect(host.commands).toEqual([]);
	});

	it("names nothing of tables in which there was nothing of ours, and leaves what there is", () => {
		const host = createMemoryHost({ hasNft: true });
		host.natTable("legacy", "ipv4").restore("*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n");
		host.nftables.apply("table inet other");
		const before = host.natTable("legacy", "ipv4").save();
		expect(removeStaleRules(host, "nft", both).stale).toEqual([]);
		expect(host.natTable("legacy", "ipv4").save()).toBe(before);
		expect(holders(host)).toEqual(["inet other"]);
	});

	it("reports what it could not remove, and goes on", () => {
		const host = hostWith(everywhere);
		host.uninstall("nft");
		const stale = removeStaleRules(host, "legacy", both).stale;
		expect(stale.map(({ dialect, scope, failure }) => [dialect, scope, failure?.code])).toEqual([
			["nft", "ipv4", undefined],
			["nft", "ipv6", undefined],
			["nftables", "inet", "missing-tool"],
		]);
		expect(holders(host)).toEqual(["legacy ipv4", "legacy ipv6", "inet shunt"]);
	});
});

describe("removeEverything", () => {
	it("removes what is ours in every dialect, and nothing else", () => {
		const host = hostWith(everywhere);
		host.natTable("nft", "ipv4").restore("*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n");
		host.nftables.apply("table inet other; table ip shunt");
		expect(named(removeEverything(host).stale).sort()).toEqual([
			"legacy ipv4",
			"legacy ipv6",
			"nft ipv4",
			"nft ipv6",
			"nftables inet",
		]);
		expect(holders(host)).toEqual(["inet other", "ipv4 shunt"]);
		expect(host.natTable("nft", "ipv4").save()).toContain("-A OUTPUT -p udp -j ACCEPT");
	});

	it("finds nothing the second time", () => {
		const host = hostWith(everywhere);
		removeEverything(host);
		expect(removeEverything(host)).toEqual({ stale: [], hidden: [], tables: [] });
	});
});
