import { describe, expect, it } from "vitest";
import { type Evidence, joinLacks, lackOf, type Piece } from "./kernel-lack.ts";

const chain: Piece = { kind: "nat-chain" };
const redirect: Piece = { kind: "expression", name: "redir" };
const extension = (name: string, through: "nf_tables" | "x_tables" = "nf_tables"): Piece => ({
	kind: "extension",
	name,
	through,
});
const table = (family: "ipv4" | "ipv6"): Piece => ({ kind: "nat-table", family });

/** A kernel with these modules loaded; without a word, one that has all compiled in or tells nothing. */
function kernel(loaded = "", files: readonly string[] = []): Evidence {
	const lines = loaded.split(" ").map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`);
	return {
		readFile: (path) => (path === "/proc/modules" && loaded !== "" ? lines.join("") : undefined),
		fileIdentity: (path) => (files.includes(path) ? "1:2" : undefined),
	};
}

describe("what a kernel lacks", () => {
	it.each<[string, readonly Piece[], string, string]>([
		["nf_tables, whatever else", [{ kind: "nf_tables" }, extension("owner")], "", "has no nf_tables"],
		["the chain type", [chain], "nf_tables nf_nat", "lacks nft_chain_nat"],
		[
			"the chain type, perhaps",
			[chain, chain],
			"nf_tables",
			"lacks nft_chain_nat (or nf_nat, which it needs)",
		],
		["the redirection", [redirect], "nf_tables nf_nat nft_chain_nat", "lacks nft_redir"],
		["nf_nat, which both need", [chain, redirect], "nf_tables", "lacks nf_nat"],
		["nf_nat, in the dialect of iptables", [extension("REDIRECT"), chain], "", "lacks nf_nat"],
		["both, where nf_nat is there", [chain, redirect], "nf_nat", "lacks nft_chain_nat and nft_redir"],
		["a match", [extension("owner"), extension("owner")], "nf_tables nft_compat", "lacks xt_owner"],
		["the way to matches", [extension("owner"), extension("multiport")], "nf_tables", "lacks nft_compat"],
		[
			"matches, of a kernel that tells nothing",
			[extension("owner"), extension("tcp"), extension("comment")],
			"",
			"lacks xt_owner, xt_tcpudp and xt_comment",
		],
		["a match of legacy's", [extension("comment", "x_tables")], "ip_tables", "lacks xt_comment"],
		["ip_tables", [{ kind: "ip-tables", family: "ipv4" }], "", "has no ip_tables with a nat table"],
		["ip6_tables", [table("ipv6")], "ip_tables", "has no ip6_tables with a nat table"],
		["its table", [table("ipv6")], "ip6_tables nf_nat", "lacks ip6table_nat"],
		["its table, perhaps", [table("ipv4")], "ip_tables", "lacks iptable_nat (or nf_nat, which it needs)"],
		["nf_nat, in legacy", [table("ipv4"), extension("REDIRECT", "x_tables")], "ip_tables", "lacks nf_nat"],
		["something unknown", [{ kind: "part-of-rule" }], "", "lacks a module behind this rule"],
		[
			"something unknown of legacy's",
			[{ kind: "part-of-rule" }],
			"nf_tables",
			"lacks a module behind this rule",
		],
		[
			"something that a tool does not name",
			[{ kind: "part-of-rule", perhaps: "nft_counter" }],
			"nf_tables nft_compat",
			"lacks nft_counter or another module behind this rule",
		],
	])("%s", (_, pieces, loaded, text) => {
		expect(lackOf(kernel(loaded), pieces)?.text).toBe(`kernel ${text}`);
	});

	it("is nothing where nothing was missed", () => {
		expect(lackOf(kernel("nf_tables"), [])).toBeUndefined();
	});

	it("is IPv6 itself where /proc has none of it, and then no module helps", () => {
		const off = kernel("ip_tables", ["/proc/self/net/tcp"]);
		expect(lackOf(off, [table("ipv6")])).toEqual({
			text: expect.stringContaining("IPv6 is off"),
			modules: [],
		});
		expect(lackOf(off, [table("ipv4")])?.modules).toEqual(["iptable_nat"]);
		const on = kernel("ip_tables", ["/proc/self/net/tcp", "/proc/self/net/if_inet6"]);
		expect(lackOf(on, [table("ipv6")])?.modules).toEqual(["ip6_tables", "ip6table_nat"]);
		expect(lackOf(kernel(), [table("ipv6")])?.modules).toEqual(["ip6_tables", "ip6table_nat"]);
	});

	it("is told once of several failures", () => {
		const one = { text: "kernel has no nf_tables", modules: ["nf_tables"] };
		const other = { text: "kernel lacks xt_owner", modules: ["xt_owner"] };
		expect(joinLacks([one, undefined, one, other])).toEqual({
			text: "kernel has no nf_tables; kernel lacks xt_owner",
			modules: ["nf_tables", "xt_owner"],
		});
		expect(joinLacks([undefined])).toBeUndefined();
	});
});
