import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { dialectsInUse, survey } from "./tables.ts";

const rule = "*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n";

function inUse(prepare: (host: MemoryHost) => void): { dialects: string[]; commands: readonly string[] } {
	const host = createMemoryHost({ hasNft: true });
	prepare(host);
	const before = host.commands.length;
	return { dialects: [...dialectsInUse(host)].sort(), commands: host.commands.slice(before) };
}

describe("dialectsInUse", () => {
	it("are none in a fresh namespace, and no process is started", () => {
		expect(inUse(() => {})).toEqual({ dialects: [], commands: [] });
	});

	it.each([
		["legacy", "ipv4", "iptables-legacy-save -t nat"],
		["legacy", "ipv6", "ip6tables-legacy-save -t nat"],
		["nft", "ipv4", "iptables-nft-save -t nat"],
		["nft", "ipv6", "ip6tables-nft-save -t nat"],
	] as const)("are %s where anybody has a rule in its table for %s", (dialect, family, command) => {
		expect(inUse((host) => host.natTable(dialect, family).restore(rule))).toEqual({
			dialects: [dialect],
			commands: [command],
		});
	});

	it("are not those whose tables are empty", () => {
		const { dialects, commands } = inUse((host) => {
			host.natTable("legacy", "ipv4");
			host.natTable("nft", "ipv6");
		});
		expect(dialects).toEqual([]);
		expect(commands).toEqual(["iptables-legacy-save -t nat", "ip6tables-nft-save -t nat"]);
	});

	it("are nftables where our table is, without a process, and not where others' are", () => {
		expect(inUse((host) => host.nftables.apply("table inet shunt"))).toEqual({
			dialects: ["nftables"],
			commands: [],
		});
		expect(inUse((host) => host.nftables.apply("table ip shunt; table inet other"))).toEqual({
			dialects: [],
			commands: [],
		});
	});

	it.each([
		["a right", { "/proc/self/net/protocols": "protocol" }, /permission denied/, "not-permitted"],
		["descriptors", {}, /for want of descriptors or memory/, "refused"],
	] as const)("cannot be told for want of %s", (_, readable, why, code) => {
		const there = ["/proc/self/net/ip_tables_names", "/proc/self/net/ip6_tables_names"];
		const host = createMemoryHost();
		const { hidden } = survey({
			...host,
			readFile: (path) => (readable as Record<string, string>)[path],
			fileIdentity: (path) => (there.includes(path) ? "1:1" : undefined),
		});
		expect(hidden.map(({ scope }) => scope)).toEqual(["ipv4", "ipv6"]);
		for (const table of hidden) {
			expect(table).toMatchObject({ dialect: "legacy", code, why: expect.stringMatching(why) });
		}
	});

	it("cannot be told without /proc where the kernel does not answer either, and are not where it has none", () => {
		const answering = (name: string) => {
			const host = createMemoryHost({ xtables: () => ({ name, number: 95, message: `said ${name}` }) });
			host.files.clear();
			return survey(host).hidden.map(({ dialect, scope, code, why }) => [dialect, scope, code, why]);
		};
		const unseen = (name: string, code: string) =>
			["ipv4", "ipv6"].map((scope) => [
				"legacy",
				scope,
				code,
				`/proc is not mounted here, and ip_tables: said ${name}`,
			]);
		expect(answering("EOPNOTSUPP")).toEqual(unseen("EOPNOTSUPP", "refused"));
		expect(answering("EPERM")).toEqual(unseen("EPERM", "not-permitted"));
		expect(answering("ENOPROTOOPT")).toEqual([]);
	});

	it("are all that are", () => {
		const { dialects } = inUse((host) => {
			host.natTable("legacy", "ipv4").restore(rule);
			host.natTable("nft", "ipv4").restore(rule);
			host.nftables.apply("table inet shunt");
		});
		expect(dialects).toEqual(["legacy", "nft", "nftables"]);
	});
});
