import { describe, expect, it } from "vitest";
import { dialects, restore } from "../support/dialect.ts";
import { runExplain } from "../support/explain-run.ts";
import { istioNftables, istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt, way } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";
import { seeOne } from "../support/status-run.ts";

describe.each(dialects)("status where others have %s rules", (dialect) => {
	it.each([
		["Istio", istioRules],
		["Kuma", kumaRules],
	])("has none of ours, and knows %s's", (program, rules) =>
		withNetns("status", (netns) => {
			restore(netns, dialect, "ipv4", rules);
			const before = snapshot(netns);
			const seen = seeOne(netns);
			expect(seen).toMatchObject({ status: 0, verdict: "no-rules", held: [], foreignFirst: [] });
			const { length } = rules.filter((rule) => rule.startsWith("-A"));
			expect(seen.others).toMatchObject([
				{ mode: dialect, family: "ipv4", rules: length, programs: [program], notUnderstood: [] },
			]);
			expect(snapshot(netns)).toBe(before);
		}),
	);

	it("finds them before ours, and not behind ours", () =>
		withNetns("status", (netns) => {
			restore(netns, dialect, "ipv4", istioRules);
			hold(netns, dialect, standard);
			restore(netns, dialect, "ipv4", kumaRules);
			const seen = seeOne(netns);
			expect(seen).toMatchObject({ status: 0, verdict: "in-sync" });
			expect(seen.foreignFirst.map(({ hook, rule, comes }) => [hook, rule, comes])).toEqual([
				["prerouting", "-p tcp -j ISTIO_INBOUND", "first"],
				["output", "-j ISTIO_OUTPUT", "first"],
			]);
		}));

	it("passes over those that cannot decide anything", () =>
		withNetns("status", (netns) => {
			const harmless = [
				":ASIDE - [0:0]",
				"-A ASIDE -p tcp -j RETURN",
				"-A PREROUTING -j ASIDE",
				"-A OUTPUT -p tcp -m tcp --dport 5",
				"-A OUTPUT -p tcp -j MARK --set-mark 5",
			];
			restore(netns, dialect, "ipv4", harmless);
			hold(netns, dialect, standard);
			expect(seeOne(netns).foreignFirst).toEqual([]);
		}));

	it("says which rules it does not understand", () =>
		withNetns("status", (netns) => {
			const strange = "-p tcp -m statistic --mode nth --every 2 --packet 0 -j REDIRECT --to-ports 5";
			restore(netns, dialect, "ipv6", [`-A OUTPUT ${strange}`]);
			hold(netns, dialect, standard);
			const seen = seeOne(netns);
			const told = spelled({
				kernel: strange.replace("--mode nth --every 2 --packet 0", "[revision 0, not understood]"),
				tools: strange,
			});
			expect(seen.others).toMatchObject([{ family: "ipv6", rules: 1, notUnderstood: [told] }]);
			expect(seen.foreignFirst).toMatchObject([{ rule: told, comes: "first" }]);
		}));
});

describe("status where others have nftables rules", () => {
	it("knows Istio's native form, and what comes first", () =>
		withNetns("status", (netns) => {
			netns.run("nft", ["-f", "-"], istioNftables);
			expect(seeOne(netns)).toMatchObject({
				verdict: "no-rules",
				others: [{ mode: "nftables", family: "inet", rules: 12, programs: ["Istio"], notUnderstood: [] }],
			});
			hold(netns, "nft", standard);
			const [first] = seeOne(netns).foreignFirst;
			expect(first).toMatchObject({
				table: "istio-proxy-nat",
				rule: expect.stringContaining("jump istio-inbound"),
				comes: "perhaps",
			});
		}));

	it("knows the order where priorities tell", () =>
		withNetns("status", (netns) => {
			netns.run(
				"nft",
				["-f", "-"],
				`table ip early {
	chain in {
		type nat hook prerouting priority -150; policy accept;
		tcp dport 80 redirect to :81
		tcp dport 82 accept
	}
}
table ip late {
	chain in {
		type nat hook prerouting priority -50; policy accept;
		meta l4proto tcp redirect to :83
	}
}
`,
			);
			runShunt(["init", ...standard.args, "--iptables-mode", "nftables", "--netns", netns.path]);
			expect(seeOne(netns).foreignFirst).toMatchObject([
				{
					mode: "nftables",
					family: "ipv4",
					table: "early",
					rule: "tcp dport 80 redirect to :81",
					comes: "first",
				},
			]);
		}));

	it.each([
		["beside chains of iptables' names", "mine", ""],
		["in place of them", "PREROUTING", "ip saddr . udp dport { 192.0.2.1 . 53 } accept"],
	])("reads what somebody else has put into iptables-nft's table, %s", (_, chain, rule) =>
		withNetns("status", (netns) => {
			const script = `table ip nat {
	chain ${chain} {
		type nat hook prerouting priority -100; policy accept;
		udp dport 53 redirect to :5353
		${rule}
	}
}
`;
			netns.run("nft", ["-f", "-"], script);
			const seen = seeOne(netns);
			expect(seen).toMatchObject({ status: 0, verdict: "no-rules", notRead: [] });
			// What iptables-nft-save does not show is told in nft's words, and so as nft's.
			const mode = spelled({ kernel: "nft", tools: "nftables" });
			expect(seen.others).toMatchObject([{ mode, family: "ipv4", rules: rule === "" ? 1 : 2 }]);
		}),
	);

	it("keeps apart what is ours and what is not in one table", () =>
		withNetns("status", (netns) => {
			hold(netns, "nft", standard);
			const script = `table ip nat {
	chain mine {
		type nat hook output priority -120; policy accept;
		tcp dport 80 redirect to :5353
	}
}
`;
			netns.run("nft", ["-f", "-"], script);
			const seen = seeOne(netns);
			expect(seen).toMatchObject({ status: 0, verdict: "in-sync" });
			expect(seen.foreignFirst).toMatchObject([
				{
					family: "ipv4",
					table: "nat",
					hook: "output",
					position: 1,
					rule: spelled({
						kernel: "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 5353",
						tools: "tcp dport 80 redirect to :5353",
					}),
				},
			]);
		}));

	it("is not distracted by tables that have nothing to do with nat", () =>
		withNetns("status", (netns) => {
			netns.run(
				"nft",
				["-f", "-"],
				`table inet filter {
	chain in {
		type filter hook prerouting priority -150; policy accept;
		tcp dport 80 drop
	}
}
`,
			);
			hold(netns, "nft", standard);
			expect(seeOne(netns)).toMatchObject({ verdict: "in-sync", foreignFirst: [], others: [] });
		}));
});

describe("status where somebody's chains use verdict maps", () => {
	it("counts and numbers rules as nft does", () =>
		withNetns("status", (netns) => {
			netns.run("nft", ["-f", "-"], verdictMaps);
			hold(netns, "nft", standard);
			const seen = seeOne(netns);
			expect(seen.others).toMatchObject([
				{
					table: "services",
					rules: 6,
					notUnderstood: [
						spelled({
							kernel: "vmap @__map0",
							tools: "numgen random mod 2 vmap { 0 : goto a, 1 : goto b }",
						}),
					],
				},
			]);
			expect(seen.foreignFirst.map(({ position, rule }) => [position, rule])).toEqual([
				[2, "tcp dport vmap { 80 : jump any, 443 : jump any }"],
				[3, "tcp dport 81 redirect to :9001"],
			]);
			const { stdout } = runExplain(["--netns", netns.path, "outbound", "81"]);
			expect(stdout).toMatch(/services pre 3 +fits +tcp dport 81 redirect/);
			expect(stdout.match(/not understood/g)).toHaveLength(1);
		}));
});

/** What is seen is the same by either way. A rule that Shunt does not write itself is told in the words of whoever showed it. */
function spelled(words: Readonly<Record<typeof way, string>>): string {
	return words[way];
}

/** Of the kind that kube-proxy writes. */
const verdictMaps = `table ip services {
	map none { type inet_service : verdict; }
	chain a { tcp dport 80 dnat to 10.0.0.1:80; }
	chain b { tcp dport 80 dnat to 10.0.0.2:80; }
	chain any { numgen random mod 2 vmap { 0 : goto a, 1 : goto b }; }
	chain pre {
		type nat hook output priority -101;
		tcp dport vmap @none
		tcp dport vmap { 80 : jump any, 443 : jump any }
		tcp dport 81 redirect to :9001
	}
}
`;
