import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { kindsOf, seeOne } from "../support/status-run.ts";

/** Changes after which the rules are those of some other policy, so that nothing in them looks wrong. */

const flags = [
	...["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--proxy-gid", "2103"],
	...["--inbound-ports-to-ignore", "4190,4191", "--outbound-ports-to-ignore", "25"],
	...["--subnets-to-ignore", "10.0.0.0/8,fd00::/8"],
];

const ways = ["kernel", "tools"] as const;

function init(netns: Netns, mode: string, way: string, args: readonly string[] = flags) {
	const at = ["--iptables-mode", mode, "--netns", netns.path, "--transport", way, "--output", "json"];
	const ended = runShunt(["init", ...args, ...at]);
	expect(ended.status, ended.stderr).toBe(0);
	return { ...ended, report: JSON.parse(ended.stdout) };
}

/** The listing's line with a text, by its handle. */
function handleOf(netns: Netns, chain: string, text: string): string {
	const listing = netns.run("nft", ["-a", "list", "chain", "inet", "shunt", chain]);
	return new RegExp(`${text}.* # handle (\\d+)`).exec(listing)?.[1] ?? "none";
}

const changes: readonly (readonly [string, (netns: Netns) => string, readonly string[]])[] = [
	[
		"a skipped port that goes to the proxy now",
		(netns) => `delete rule inet shunt prerouting handle ${handleOf(netns, "prerouting", "ignore-port")}`,
		["lost-rule"],
	],
	[
		"a port that is skipped now",
		() => 'insert rule inet shunt output tcp dport 443 return comment "proxy-init/ignore-port"',
		["added-rule", "extra-rule", "lost-rule", "missing-rule"],
	],
	[
		"another list of ports",
		(netns) =>
			`replace rule inet shunt output handle ${handleOf(netns, "output", "ignore-port")} tcp dport 26 return comment "proxy-init/ignore-port"`,
		["added-rule", "lost-rule"],
	],
	[
		"a rule in another place",
		(netns) =>
			`delete rule inet shunt output handle ${handleOf(netns, "output", "skgid")}\nadd rule inet shunt output meta skgid 2103 return comment "proxy-init/ignore-proxy-group-id"`,
		["added-rule", "extra-rule", "lost-rule", "missing-rule"],
	],
	[
		"a family that passes now",
		() =>
			["prerouting", "output"]
				.map(
					(hook) =>
						`insert rule inet shunt ${hook} meta nfproto ipv6 return comment "proxy-init/ignore-family"`,
				)
				.join("\n"),
		["added-rule"],
	],
	[
		"a chain of somebody's in our table",
		() => "add chain inet shunt mine { type nat hook output priority -101; policy accept; }",
		["extra-chain"],
	],
];

describe.each(ways)("rules in mode nftables that were made by the %s", (made) => {
	describe.each(ways)("and are seen through the %s", (seen) => {
		it.each(changes)("show %s, without flags and with them, and a second run says so", (_, script, kinds) =>
			withNetns("changed", (netns) => {
				init(netns, "nftables", made);
				expect(seeOne(netns, ["--transport", seen])).toMatchObject({
					status: 0,
					verdict: "in-sync",
					comparedWith: "record",
					notRuledOut: [],
				});
				netns.run("nft", ["-f", "-"], `${script(netns)}\n`);
				const found = seeOne(netns, ["--transport", seen]);
				expect(found).toMatchObject({ status: 2, verdict: "drift" });
				expect(kinds).toEqual(expect.arrayContaining(kindsOf(found)));
				expect(found.drift.length).toBeGreaterThan(0);
				expect(seeOne(netns, [...flags, "--transport", seen])).toMatchObject({
					status: 2,
					comparedWith: "flags",
				});
				const { report, stderr } = init(netns, "nftables", seen);
				expect(report.families[0].outcome).toBe("replaced");
				if (kinds.join() !== "extra-chain") {
					expect(report.changed.length).toBeGreaterThan(0);
					expect(stderr).toContain(`somebody had changed the rules: ${report.changed[0]}`);
				}
				expect(seeOne(netns, ["--transport", seen]).status).toBe(0);
				expect(init(netns, "nftables", seen).report).toMatchObject({ changed: [] });
			}),
		);
	});

	it("are no change of somebody's where the policy is another", () =>
		withNetns("changed", (netns) => {
			init(netns, "nftables", made);
			const { report } = init(netns, "nftables", made, ["-p", "1", "-o", "2", "-u", "3"]);
			expect(report).toMatchObject({
				changed: [],
				families: [{ outcome: "replaced" }, { outcome: "replaced" }],
			});
		}));

	it("tell nothing of themselves where their table was made without a record, which status says", () =>
		withNetns("changed", (netns) => {
			init(netns, "nftables", made);
			const [listing] = [netns.run("nft", ["list", "ruleset"]).replace(/^\tcomment .*\n/m, "")];
			netns.run("nft", ["-f", "-"], `flush ruleset\n${listing}`);
			const found = seeOne(netns);
			expect(found).toMatchObject({ status: 0, comparedWith: "rules" });
			expect(found.notRuledOut.length).toBeGreaterThan(0);
			expect(init(netns, "nftables", made).report.families[0].outcome).toBe("unchanged");
		}));
});

describe.each(["legacy", "nft"] as const)("rules in mode %s, whose text is the reference's", (mode) => {
	it.each(ways)("hide a rule that is gone from both families, which is said plainly (%s)", (way) =>
		withNetns("changed", (netns) => {
			init(netns, mode, way);
			for (const program of [`iptables-${mode}`, `ip6tables-${mode}`]) {
				const port = ["-p", "tcp", "--match", "multiport", "--dports", "4190,4191", "-j", "RETURN"];
				const comment = ["-m", "comment", "--comment", "proxy-init/ignore-port-4190,4191"];
				netns.run(program, ["-w", "-t", "nat", "-D", "PROXY_INIT_REDIRECT", ...port, ...comment]);
			}
			const found = seeOne(netns, ["--transport", way]);
			expect(found).toMatchObject({ status: 0, verdict: "in-sync", comparedWith: "rules" });
			expect(found.notRuledOut.join()).toContain(`mode ${mode}: a rule about ignored`);
			const text = runShunt(["status", "--netns", netns.path, "--transport", way]).stdout;
			expect(text).toMatch(/\n\nNot ruled out, .*--policy\):\n {2}mode/);
			const told = seeOne(netns, [...flags, "--transport", way]);
			expect(told).toMatchObject({ status: 2, comparedWith: "flags", notRuledOut: [] });
			expect(kindsOf(told)).toEqual(["missing-rule"]);
		}),
	);
});
