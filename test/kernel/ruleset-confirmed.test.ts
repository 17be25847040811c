import { describe, expect, it } from "vitest";
import { restore } from "../support/dialect.ts";
import { explainOne, runExplain } from "../support/explain-run.ts";
import { istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { seeStatus } from "../support/status-run.ts";
import { withToolFolder } from "../support/tool-folder.ts";

/**
 * Rules that nft puts into iptables-nft's own table. Of these, iptables-nft-save prints a part as though it were all,
 * with status 0: what it has no word for is left out, and of a range it prints the end.
 */
const native: readonly (readonly [rule: string, hit: string, missed: string])[] = [
	["tcp dport { 80, 443 } redirect", "10.0.0.1:443", "10.0.0.1:81"],
	["tcp dport @ports redirect", "10.0.0.1:81", "10.0.0.1:80"],
	["tcp dport != { 80, 443 } counter redirect", "10.0.0.1:81", "10.0.0.1:443"],
	["tcp dport vmap { 80 : jump elsewhere, 90 : return }", "10.0.0.1:80", "10.0.0.1:90"],
	["ip daddr { 10.0.0.1, 10.0.0.2 } redirect", "10.0.0.2:80", "10.0.0.3:80"],
	["ip daddr 10.0.0.1-10.0.0.7 redirect", "10.0.0.3:80", "10.0.0.8:80"],
	['oifname { "lo", "eth0" } ip daddr 10.0.0.2 redirect', "10.0.0.2:80", "10.0.0.3:80"],
	["meta l4proto { udp, tcp } ip daddr 10.0.0.2 redirect", "10.0.0.2:80", "10.0.0.3:80"],
	["tcp dport > 443 redirect", "10.0.0.1:444", "10.0.0.1:443"],
];

/** `redirect` is a jump to where iptables' own redirect is, since a table with one of nft's is not printed at all. */
function addNative(netns: Netns, rule: string): void {
	restore(netns, "nft", "ipv4", [
		":OUTPUT ACCEPT [0:0]",
		":elsewhere - [0:0]",
		"-A elsewhere -p tcp -j REDIRECT --to-ports 9",
	]);
	netns.run("nft", ["add set ip nat ports { type inet_service; elements = { 81, 82 }; }"]);
	netns.run("nft", [`add rule ip nat OUTPUT ${rule.replace(/redirect$/, "jump elsewhere")}`]);
}

const fateOf = (netns: Netns, to: string) => explainOne(["--netns", netns.path, "outbound", to]).fate;

describe("a rule of nft's in a table of iptables-nft", () => {
	it.each(native)("does what nft says: %s", (rule, hit, missed) =>
		withNetns("confirm", (netns) => {
			addNative(netns, rule);
			expect(netns.run("iptables-nft-save", ["-t", "nat"])).toMatch(/^-A OUTPUT /m);
			expect(fateOf(netns, hit)).toEqual({ kind: "redirect", port: 9 });
			expect(fateOf(netns, missed)).toEqual({ kind: "pass" });
		}),
	);

	it("is shown in nft's words", () =>
		withNetns("confirm", (netns) => {
			addNative(netns, "tcp dport { 80, 443 } redirect");
			const { stdout } = runExplain(["--netns", netns.path, "--output", "json"]);
			expect(JSON.parse(stdout).subjects[0].summary[0].rows[0].what).toBe("TCP, to ports 80, 443");
			expect(explainOne(["--netns", netns.path, "outbound", "10.0.0.1:80"]).rules[0]?.rule).toBe(
				"tcp dport { 80, 443 } jump elsewhere",
			);
		}));

	it("takes nothing from the rules beside it that iptables made, which keep their words and what they mean", () =>
		withNetns("confirm", (netns) => {
			restore(netns, "nft", "ipv4", istioRules);
			const saved = netns.run("iptables-nft-save", ["-t", "nat"]).split("\n");
			netns.run("nft", ["insert rule ip nat OUTPUT tcp dport { 80, 443 } meta mark 5 return"]);
			const { rules, fate, sentence } = explainOne(["--netns", netns.path, "outbound", "10.0.0.1:81"]);
			expect(rules[0]?.rule).toBe("tcp dport { 80, 443 } meta mark 0x00000005 return");
			const others = rules.slice(1).map(({ chain, rule }) => `-A ${chain} ${rule}`);
			expect(others.length).toBeGreaterThan(5);
			expect(others.filter((line) => !saved.includes(line))).toEqual([]);
			expect(fate, sentence).toEqual({ kind: "redirect", port: 15_001 });
		}));
});

describe("where nft cannot be asked about a table with rules of others", () => {
	it.each([
		["is not installed", undefined],
		["was killed by SIGSEGV", "kill -SEGV $$"],
		["JSON support not compiled-in", 'echo "JSON support not compiled-in" >&2; exit 1'],
	])("because it %s: the table is named as not confirmed, in table, JSON and page", (why, script) =>
		withNetns("confirm", (netns) =>
			withToolFolder((tools) => {
				addNative(netns, "tcp dport { 80, 443 } redirect");
				tools.link("sh", "iptables-nft-save", "ip6tables-nft-save");
				if (script !== undefined) {
					tools.script("nft", script);
				}
				const inside = ["env", `PATH=${tools.path}`];
				const packet = ["--netns", netns.path, "outbound", "10.0.0.1:81"];
				const note = /not confirmed: nft ipv4 nat .*iptables-nft-save leaves out/;
				expect(runExplain(packet, inside).stdout).toMatch(note);
				expect(runExplain(packet, inside).stdout).toContain(why);
				const json = JSON.parse(runExplain([...packet, "--output", "json"], inside).stdout);
				expect(json.subjects[0].notConfirmed).toMatchObject([{ mode: "nft", family: "ipv4", table: "nat" }]);
				expect(runExplain(["--netns", netns.path], inside).stdout).toMatch(
					/Not confirmed\n.*\n +nft ipv4 nat/,
				);
				expect(runExplain([...packet, "--html", "-"], inside).stdout).toContain(
					"not confirmed: nft ipv4 nat",
				);
			}),
		),
	);

	it("does not matter where all rules are ours: nft is not asked", () =>
		withNetns("confirm", (netns) =>
			withToolFolder((tools) => {
				const init = ["init", "-p", "4143", "-o", "4140", "--iptables-mode", "nft", "--netns", netns.path];
				netns.run("bin/shunt", init);
				tools.record("iptables-nft-save", "ip6tables-nft-save", "nft");
				tools.link("sh");
				const inside = ["env", `PATH=${tools.path}`];
				expect(explainOne(["--netns", netns.path, "inbound", "80"], inside).notes).toEqual([]);
				expect(tools.calls().filter((call) => call.startsWith("nft "))).toEqual([]);
			}),
		));
});

describe("a table that iptables-nft-save does not show, for a rule that nft put there", () => {
	const spoil = (netns: Netns) => netns.run("nft", ["add rule ip nat OUTPUT tcp dport 7 redirect to :9"]);

	it.each([
		["Istio's", istioRules, 15_001, 15_006, 1337],
		["Kuma's", kumaRules, 15_001, 15_006, 5678],
	] as const)("has %s rules followed by their text", (_, rules, outbound, inbound, uid) =>
		withNetns("confirm", (netns) => {
			restore(netns, "nft", "ipv4", rules);
			const ask = (...packet: string[]) => {
				const { fate, sentence } = explainOne(["--netns", netns.path, ...packet]);
				return { fate, toProxy: sentence.includes("goes to the proxy") };
			};
			const packets = [
				["outbound", "10.0.0.1:80", "--uid", "1000"],
				["outbound", "10.0.0.1:80", "--uid", `${uid}`],
				["outbound", "127.0.0.6:80", "--uid", `${uid}`],
				["inbound", "80"],
			];
			const before = packets.map((packet) => ask(...packet));
			expect(before.map(({ fate }) => fate.port)).toEqual([outbound, undefined, inbound, inbound]);
			spoil(netns);
			expect(netns.run("iptables-nft-save", ["-t", "nat"])).not.toContain("*nat");
			expect(packets.map((packet) => ask(...packet))).toEqual(before);
		}),
	);

	it("has our rules followed too, and status does not call them absent", () =>
		withNetns("confirm", (netns) => {
			netns.run("bin/shunt", [
				...["init", "-p", "4143", "-o", "4140", "-u", "2102", "--iptables-mode", "nft"],
				...["--inbound-ports-to-ignore", "4190,4191,5000-5002"],
			]);
			netns.run("nft", ["add rule ip nat OUTPUT tcp dport 7 redirect to :9"]);
			const fate = (...packet: string[]) => explainOne(["--netns", netns.path, ...packet]).fate;
			expect(fate("inbound", "80")).toEqual({ kind: "redirect", port: 4143 });
			expect(fate("inbound", "5001")).toEqual({ kind: "pass" });
			expect(fate("outbound", "10.0.0.1:80")).toEqual({ kind: "redirect", port: 4140 });
			expect(fate("outbound", "10.0.0.1:80", "--uid", "2102")).toEqual({ kind: "pass" });
			expect(seeStatus(["--netns", netns.path]).verdict).toBe("in-sync");
			const { verdict, namespaces } = seeStatus(["--netns", netns.path, "--transport", "tools"]);
			expect(verdict).toBe("unknown");
			expect(namespaces[0]?.notRead).toMatchObject([{ mode: "nft", family: "ipv4" }]);
		}));
});
