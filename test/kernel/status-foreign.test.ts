import { describe, expect, it } from "vitest";
import { dialects, restore } from "../support/dialect.ts";
import { istioNftables, istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
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
			expect(seen.others).toMatchObject([{ family: "ipv6", rules: 1, notUnderstood: [strange] }]);
			expect(seen.foreignFirst).toMatchObject([{ rule: strange, comes: "first" }]);
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
			expect(seen.others).toMatchObject([{ mode: "nftables", family: "ipv4", rules: rule === "" ? 1 : 2 }]);
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
			expect(seen.foreignFirst).toMatchObject([{ hook: "output", rule: "tcp dport 80 redirect to :5353" }]);
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
