import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { occupiedDialects } from "./occupied.ts";

const rule = "*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n";

function occupied(prepare: (host: MemoryHost) => void): { dialects: string[]; commands: readonly string[] } {
	const host = createMemoryHost({ hasNft: true });
	prepare(host);
	const before = host.commands.length;
	return { dialects: [...occupiedDialects(host)].sort(), commands: host.commands.slice(before) };
}

describe("occupiedDialects", () => {
	it("are none in a fresh namespace, and no process is started", () => {
		expect(occupied(() => {})).toEqual({ dialects: [], commands: [] });
	});

	it.each([
		["legacy", "ipv4", "iptables-legacy-save -t nat"],
		["legacy", "ipv6", "ip6tables-legacy-save -t nat"],
		["nft", "ipv4", "iptables-nft-save -t nat"],
		["nft", "ipv6", "ip6tables-nft-save -t nat"],
	] as const)("are %s where anybody has a rule in its table for %s", (dialect, family, command) => {
		expect(occupied((host) => host.natTable(dialect, family).restore(rule))).toEqual({
			dialects: [dialect],
			commands: [command],
		});
	});

	it("are not those whose tables are empty", () => {
		const { dialects, commands } = occupied((host) => {
			host.natTable("legacy", "ipv4");
			host.natTable("nft", "ipv6");
		});
		expect(dialects).toEqual([]);
		expect(commands).toEqual(["iptables-legacy-save -t nat", "ip6tables-nft-save -t nat"]);
	});

	it("are nftables where our table is, without a process, and not where others' are", () => {
		expect(occupied((host) => host.nftables.apply("table inet shunt"))).toEqual({
			dialects: ["nftables"],
			commands: [],
		});
		expect(occupied((host) => host.nftables.apply("table ip shunt; table inet other"))).toEqual({
			dialects: [],
			commands: [],
		});
	});

	it("are all that are", () => {
		const { dialects } = occupied((host) => {
			host.natTable("legacy", "ipv4").restore(rule);
			host.natTable("nft", "ipv4").restore(rule);
			host.nftables.apply("table inet shunt");
		});
		expect(dialects).toEqual(["legacy", "nft", "nftables"]);
	});
});
