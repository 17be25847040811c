import { describe, expect, it } from "vitest";
import type { KernelHost } from "../../src/backend/exchange.ts";
import {
	applyIptablesNft,
	checkIptablesNft,
	probeIptablesNft,
	removeIptablesNft,
} from "../../src/backend/iptables/nft-kernel.ts";
import { KernelFailure } from "../../src/backend/kernel-failure.ts";
import {
	applyNftables,
	checkNftables,
	probeNftables,
	removeNftables,
} from "../../src/backend/nftables/kernel.ts";
import { recordOf } from "../../src/backend/nftables/record.ts";
import { plan } from "../../src/rules/plan.ts";
import { readTables } from "../../src/wire/read-tables.ts";
import { getGeneration } from "../../src/wire/requests.ts";
import { restore, specsOf } from "../support/dialect.ts";
import { netlinkInside } from "../support/netlink-inside.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";

const one = plan(policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 25,80-90"));
const other = plan(policyFrom("-p 15006 -o 15001 -u 1337 --outbound-subnets-to-ignore 10.0.0.0/8"));
const ipv4Alone = plan(policyFrom("-p 4143 -o 4140 -u 2102 --ipv6=false"));
const both = ["ipv4", "ipv6"] as const;
const all = (outcome: string) => both.map((family) => ({ family, outcome }));

function hostOf(netns: Netns): KernelHost {
	return { ...netlinkInside(netns), byteOrder: () => "little" };
}

/** Does something right before the first request for which `when` holds. */
function interrupted(host: KernelHost, when: (request: string) => boolean, act: () => void): KernelHost {
	let isOver = false;
	return {
		...host,
		netlink: (request) => {
			if (!isOver && when(request)) {
				isOver = true;
				act();
			}
			return host.netlink(request);
		},
	};
}

const isBatch = (request: string) => request.startsWith("\x10\0", 4) && request.length > 200;

function ruleset(netns: Netns): string {
	return netns.run("nft", ["list", "ruleset"]);
}

const dialects = [
	{
		name: "nftables",
		apply: (host: KernelHost, wanted: typeof one) =>
			applyNftables(host, wanted, { counters: false }).families,
		check: checkNftables,
		remove: (host: KernelHost) => removeNftables(host),
		probe: (host: KernelHost) => probeNftables(host),
	},
	{
		name: "iptables-nft",
		apply: applyIptablesNft,
		check: checkIptablesNft,
		remove: (host: KernelHost) => removeIptablesNft(host, both),
		probe: (host: KernelHost) => probeIptablesNft(host, both, 2102),
	},
];

describe.each(dialects)("without a program, in the dialect of $name", ({ apply, check, remove, probe }) => {
	it("a plan is made, found again, replaced and removed", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			const drift = (wanted: typeof one) => check(host, wanted).flatMap((found) => found.drift);
			expect(drift(one).map(({ kind }) => kind)).toContain("missing-chain");
			expect(apply(host, one)).toEqual(all("created"));
			const made = ruleset(netns);
			expect(drift(one)).toEqual([]);
			expect(apply(host, one)).toEqual(all("unchanged"));
			expect(ruleset(netns)).toBe(made);
			expect(drift(other).length).toBeGreaterThan(2);
			expect(apply(host, other)).toEqual(all("replaced"));
			expect(drift(other)).toEqual([]);
			expect(apply(host, one)).toEqual(all("replaced"));
			expect(ruleset(netns)).toBe(made);
			expect(remove(host)).toEqual(both);
			expect(ruleset(netns)).not.toMatch(/redirect|PROXY_INIT|shunt/);
			expect(remove(host)).toEqual([]);
			expect(apply(host, one)).toEqual(all("created"));
		}));

	it("somebody who is first is found, and his rules replaced or kept", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			const afterThe = (first: typeof one) => interrupted(host, isBatch, () => apply(host, first));
			expect(apply(afterThe(other), one)).toEqual(all("replaced"));
			expect(check(host, one).flatMap((found) => found.drift)).toEqual([]);
			remove(host);
			expect(apply(afterThe(one), one)).toEqual(all("unchanged"));
		}));

	it("rules that change while they are read are read again", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			apply(host, other);
			let asked = 0;
			const isGeneration = (request: string) => request === getGeneration("little");
			const counting: KernelHost = {
				...host,
				netlink: (request) => {
					asked += isGeneration(request) ? 1 : 0;
					return host.netlink(request);
				},
			};
			const add = () => netns.run("nft", ["add", "table", "inet", "someone"]);
			const isSecond = (request: string) => isGeneration(request) && asked === 1;
			expect(apply(interrupted(counting, isSecond, add), one)).toEqual(all("replaced"));
			expect(asked).toBe(4);
		}));

	it("a trial leaves nothing, and says nothing where all is well", () =>
		withNetns("wire", (netns) => {
			expect(probe(hostOf(netns))).toBeUndefined();
			expect(ruleset(netns)).toBe("");
			apply(hostOf(netns), one);
			const made = ruleset(netns);
			expect(probe(hostOf(netns))).toBeUndefined();
			expect(ruleset(netns)).toBe(made);
		}));

	it("a kernel that does not let us says so, and is not taken for one without rules", () => {
		// EPERM, as netlink_ack in net/netlink/af_netlink.c has it, to whatever is asked.
		const host: KernelHost = {
			byteOrder: () => "little",
			netlink: (request) => [
				`\x24\0\0\0\x02\0\0\x01${request.slice(8, 12)}\0\0\0\0\xff\xff\xff\xff${request.slice(0, 16)}`,
			],
		};
		for (const act of [() => apply(host, one), () => check(host, one), () => remove(host)]) {
			expect(act).toThrow(/^nf_tables: .*operation not permitted \(EPERM\)$/);
		}
		expect(probe(host)).toMatchObject({ code: "not-permitted", errno: 1 });
	});

	it("a kernel without netfilter's netlink is one clear failure", () => {
		const errno = { name: "EPROTONOSUPPORT", number: 93, message: "protocol not supported" };
		const host: KernelHost = { byteOrder: () => "little", netlink: () => errno };
		expect(() => apply(host, one)).toThrow("nf_tables: netlink: protocol not supported (EPROTONOSUPPORT)");
	});

	it("a kernel that is silent is not taken for one that has done it", () => {
		const host: KernelHost = { byteOrder: () => "little", netlink: () => [] };
		expect(() => apply(host, one)).toThrow(KernelFailure);
	});
});

describe("in the dialect of nftables", () => {
	it("a table that is switched off holds nothing", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			applyNftables(host, one, { counters: false });
			netns.run("nft", ["add", "table", "inet", "shunt", "{ flags dormant ; }"]);
			expect(checkNftables(host, one).flatMap(({ drift }) => drift)).toHaveLength(2);
			expect(applyNftables(host, one, { counters: false }).families).toEqual(all("replaced"));
			expect(ruleset(netns)).not.toContain("dormant");
		}));

	it("how the rules were made stays with the table, and nft shows it", () =>
		withNetns("wire", (netns) => {
			applyNftables(hostOf(netns), one, { counters: false });
			expect(ruleset(netns)).toContain(`comment "${recordOf(one)}"`);
		}));

	it("10,000 single ports are made as intervals, which the kernel fills in linear time, and found again", () =>
		withNetns("wire", (netns) => {
			const list = Array.from({ length: 10_000 }, (_, index) => 1000 + 2 * index).join(",");
			const wanted = plan(policyFrom(`-p 4143 -o 4140 --inbound-ports-to-ignore ${list}`));
			expect(applyNftables(hostOf(netns), wanted, { counters: false }).families).toEqual(all("created"));
			const read = readTables(hostOf(netns), "little", () => true);
			const sets = read.kind === "read" ? read.tables.flatMap((table) => table.sets) : [];
			expect(sets.map(({ set }) => set.isInterval)).toEqual([true]);
			expect(applyNftables(hostOf(netns), wanted, { counters: false }).families).toEqual(all("unchanged"));
			expect(ruleset(netns)).toContain("20998 }");
		}));
});

describe("in the dialect of iptables-nft, among others' rules", () => {
	const foreign = ["-A PREROUTING -p tcp --dport 9 -j ACCEPT", "-A OUTPUT -d 192.0.2.1/32 -j ACCEPT"];

	it("all of theirs stays: rules, native ones too, counters and policies", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			restore(netns, "nft", "ipv4", foreign);
			netns.run("nft", ["add", "rule", "ip", "nat", "PREROUTING", "tcp", "dport", "{ 5, 7 }", "return"]);
			netns.run("nft", ["chain", "ip", "nat", "OUTPUT", "{ policy drop ; }"]);
			const before = ruleset(netns);
			expect(applyIptablesNft(host, one)).toEqual(all("created"));
			expect(ruleset(netns)).toMatch(/hook output .*policy drop/);
			expect(applyIptablesNft(host, other)).toEqual(all("replaced"));
			expect(applyIptablesNft(host, other)).toEqual(all("unchanged"));
			expect(ruleset(netns)).toMatch(/tcp dport \{ 5, 7 \} return/);
			expect(removeIptablesNft(host, both)).toEqual(both);
			expect(
				ruleset(netns)
					.replace(/^table ip6 nat[\s\S]*/m, "")
					.trim(),
			).toBe(before.trim());
		}));

	it("a jump that is there keeps its place, and a second or a strange one goes", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			applyIptablesNft(host, one);
			const [jump = ""] = specsOf(netns.natTable("nft", "ipv4"), "PREROUTING");
			restore(netns, "nft", "ipv4", [
				...foreign,
				`-A PREROUTING ${jump}`,
				"-A PREROUTING -p tcp -j PROXY_INIT_REDIRECT",
				"-I PREROUTING 1 -p tcp --dport 10 -j ACCEPT",
			]);
			expect(checkIptablesNft(host, one).flatMap(({ drift }) => drift.map(({ kind }) => kind))).toEqual([
				"wrong-jumps",
				"stray-jump",
			]);
			expect(applyIptablesNft(host, one)).toEqual([
				{ family: "ipv4", outcome: "replaced" },
				{ family: "ipv6", outcome: "unchanged" },
			]);
			expect(specsOf(netns.natTable("nft", "ipv4"), "PREROUTING")).toEqual([
				"-p tcp -m tcp --dport 10 -j ACCEPT",
				jump,
				"-p tcp -m tcp --dport 9 -j ACCEPT",
			]);
		}));

	it("a rule in our chain that is not ours is seen, whoever put it there, and goes", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			applyIptablesNft(host, one);
			netns.run("nft", [
				"insert",
				"rule",
				"ip",
				"nat",
				"PROXY_INIT_OUTPUT",
				"tcp",
				"dport",
				"{ 80, 443 }",
				"return",
			]);
			const drift = checkIptablesNft(host, one).flatMap((found) => found.drift);
			expect(drift).toEqual([
				{ kind: "extra-rule", hook: "output", position: 1, text: "tcp dport { 80, 443 } return" },
			]);
			expect(applyIptablesNft(host, one)[0]?.outcome).toBe("replaced");
			expect(ruleset(netns)).not.toContain("443");
		}));

	it("a family that is not asked for is left alone", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			expect(applyIptablesNft(host, ipv4Alone)).toEqual([{ family: "ipv4", outcome: "created" }]);
			expect(ruleset(netns)).not.toContain("ip6");
			expect(removeIptablesNft(host, ["ipv6"])).toEqual([]);
			expect(removeIptablesNft(host, both)).toEqual(["ipv4"]);
		}));

	it("what changes between the look and the change is looked at again", () =>
		withNetns("wire", (netns) => {
			const host = hostOf(netns);
			applyIptablesNft(host, other);
			const add = () => restore(netns, "nft", "ipv4", ["-I PREROUTING 1 -p tcp --dport 11 -j ACCEPT"]);
			expect(applyIptablesNft(interrupted(host, isBatch, add), one)).toEqual(all("replaced"));
			expect(checkIptablesNft(host, one).flatMap(({ drift }) => drift)).toEqual([]);
			expect(specsOf(netns.natTable("nft", "ipv4"), "PREROUTING")).toHaveLength(2);
		}));
});
