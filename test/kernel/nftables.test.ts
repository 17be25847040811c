import { describe, expect, it } from "vitest";
import type { Netns } from "../support/netns.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt, startShunt } from "../support/programs.ts";
import { different, standard } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

function init(netns: Netns, policy: Pick<typeof standard | typeof different, "args">, ...more: string[]) {
	const mode = more.includes("--iptables-mode") ? [] : ["--iptables-mode", "nftables"];
	return runShunt(["init", ...policy.args, ...mode, "--netns", netns.path, "--output", "json", ...more]);
}

function outcomes(stdout: string): string[] {
	return JSON.parse(stdout).families.map(({ outcome }: { outcome: string }) => outcome);
}

function table(netns: Netns): string {
	return netns.run("nft", ["-n", "list", "ruleset"]);
}

describe("the nftables dialect", () => {
	it("creates, leaves alone, replaces and removes one table", () =>
		withNetns("nftables", (netns) => {
			expect(outcomes(init(netns, standard).stdout)).toEqual(["created", "created"]);
			const first = table(netns);
			expect(first).toContain('tcp dport 4190-4191 return comment "proxy-init/ignore-port"');
			expect(first).toContain("meta skuid 2102 return");
			expect(outcomes(init(netns, standard).stdout)).toEqual(["unchanged", "unchanged"]);
			expect(outcomes(init(netns, different).stdout)).toEqual(["replaced", "replaced"]);
			expect(table(netns)).not.toContain("2102");
			expect(outcomes(init(netns, standard).stdout)).toEqual(["replaced", "replaced"]);
			expect(table(netns)).toBe(first);
			expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
			expect(table(netns)).toBe("");
		}));

	it("replaces a table in which a rule was added, lost or moved", () =>
		withNetns("nftables", (netns) => {
			init(netns, standard);
			const whole = table(netns);
			const tamperings = [
				"insert rule inet shunt output tcp dport 5 return",
				"flush chain inet shunt output",
				"delete chain inet shunt prerouting",
				'add rule inet shunt output oifname "lo" return comment "proxy-init/ignore-loopback"',
				"add table inet shunt { flags dormant; }",
				"chain inet shunt output { policy drop; }",
			];
			for (const tampering of tamperings) {
				netns.run("nft", [tampering]);
				expect(outcomes(init(netns, standard).stdout), tampering).toEqual(["replaced", "replaced"]);
				expect(table(netns)).toBe(whole);
			}
		}));

	it("leaves other programs' tables alone", () =>
		withNetns("nftables", (netns) => {
			netns.run(
				"nft",
				["-f", "-"],
				"table inet other {\nchain c {\ntype nat hook output priority -100;\n}\n}\n",
			);
			const before = table(netns);
			init(netns, standard);
			runShunt(["clean", "--netns", netns.path]);
			expect(table(netns)).toBe(before);
		}));

	it("lets IPv6 pass when it is off", () =>
		withNetns("nftables", (netns) => {
			expect(outcomes(init(netns, standard, "--ipv6=false").stdout)).toEqual(["created"]);
			expect(table(netns).match(/meta nfproto 10 return/g)).toHaveLength(2);
		}));

	it("counts on request", () =>
		withNetns("nftables", (netns) => {
			init(netns, standard, "--counters");
			expect(table(netns)).toContain("counter packets 0 bytes 0 redirect to :4140");
			expect(outcomes(init(netns, standard).stdout)).toEqual(["unchanged", "unchanged"]);
		}));

	it("takes one process in a fresh namespace, and two to see that nothing is to do", () =>
		withNetns("nftables", (netns) =>
			withToolFolder((tools) => {
				tools.record("nft");
				const args = ["init", ...standard.args, "--iptables-mode", "nftables", "--netns", netns.path];
				runShunt(args, { env: tools.env });
				runShunt(args, { env: tools.env });
				const list = ["nft -n -j list table inet shunt", "nft list table inet shunt"];
				expect(tools.calls()).toEqual(["nft -f -", ...list]);
			}),
		));

	it("replaces a table that somebody made between its look and its transaction", () =>
		withNetns("nftables", (netns) =>
			withToolFolder((tools) => {
				// Before our transaction somebody else's goes through, once.
				const first = `[ -e "$0.once" ] || { : >"$0.once"; "$real" add table inet shunt; }`;
				tools.script("nft", `[ "$*" != "-f -" ] || ${first}; exec "$real" "$@"`);
				const args = ["init", ...standard.args, "--iptables-mode", "nftables", "--netns", netns.path];
				const { status, stdout, stderr } = runShunt([...args, "--output", "json"], { env: tools.env });
				expect(status, stderr).toBe(0);
				expect(outcomes(stdout)).toEqual(["replaced", "replaced"]);
				const list = ["nft -n -j list table inet shunt", "nft list table inet shunt"];
				expect(tools.calls()).toEqual(["nft -f -", ...list, "nft -f -"]);
				const whole = table(netns);
				runShunt(["clean", "--netns", netns.path]);
				init(netns, standard);
				expect(table(netns)).toBe(whole);
			}),
		));

	it("survives fifty at once, half of them for another policy", () =>
		withNetns("nftables", async (netns) => {
			const runs = Array.from({ length: 50 }, (_, index) => {
				const { args } = index % 2 === 0 ? standard : different;
				return startShunt(["init", ...args, "--iptables-mode", "nftables", "--netns", netns.path]).ended;
			});
			for (const { status, stderr } of await Promise.all(runs)) {
				expect(status, stderr).toBe(0);
			}
			const left = table(netns);
			const whole = [standard, different].map((policy) => {
				init(netns, policy);
				return table(netns);
			});
			expect(whole).toContain(left);
		}));
});

describe("changing the mode", () => {
	it.each(["legacy", "nft"])("from %s to nftables and back leaves one dialect's rules", (mode) =>
		withNetns("nftables", (netns) => {
			init(netns, standard, "--iptables-mode", mode);
			expect(JSON.parse(init(netns, standard).stdout).removed).toEqual([
				{ mode, family: "ipv4" },
				{ mode, family: "ipv6" },
			]);
			expect(netns.run(`iptables-${mode}-save`, ["-t", "nat"])).not.toContain("PROXY_INIT");
			const back = JSON.parse(init(netns, standard, "--iptables-mode", mode).stdout);
			expect(back.removed).toEqual([{ mode: "nftables", family: "inet" }]);
			expect(netns.run("nft", ["list", "tables"])).not.toContain("shunt");
		}),
	);
});
