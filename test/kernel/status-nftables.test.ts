import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";
import { kindsOf, seeOne } from "../support/status-run.ts";

const everything = [
	...standard.args,
	...["--proxy-gid", "2103", "--ports-to-redirect", "80,443", "--outbound-ports-to-ignore", "25,4567-4568"],
	...[
		"--subnets-to-ignore",
		"10.0.0.0/8,192.168.1.0/24,fd00::/8",
		"--outbound-subnets-to-ignore",
		"172.16.0.0/12",
	],
	...["--inbound-interfaces-to-ignore", "net1", "--outbound-interfaces-to-ignore", "net1,net2"],
	...["--uids-to-ignore", "1,2", "--outbound-ports-to-redirect", "1-1000"],
];

describe("status of nftables rules", () => {
	for (const [name, args] of [
		["of a small policy", standard.args],
		["of a policy with everything in it", everything],
		["of IPv4 alone", [...everything, "--ipv6=false"]],
		["that count packets", [...everything, "--counters"]],
	] as const) {
		it(`${name} are in sync after init, with the policy that init was given`, () =>
			withNetns("status", (netns) => {
				init(netns, args);
				const before = snapshot(netns);
				const seen = seeOne(netns);
				expect(seen).toMatchObject({ status: 0, verdict: "in-sync", comparedWith: "record", drift: [] });
				expect(seen.held).toMatchObject([{ mode: "nftables", family: "inet" }]);
				expect(init(netns, seen.policy ?? []).stderr).toContain("nothing changed");
				const flags = args.filter((arg) => arg !== "--counters");
				expect(seeOne(netns, [...flags, "--iptables-mode", "nftables"])).toMatchObject({
					status: 0,
					drift: [],
				});
				expect(snapshot(netns)).toBe(before);
			}));
	}

	it.each([
		["a rule that is gone", "delete rule inet shunt output handle HANDLE:ignore-loopback", ["missing-rule"]],
		["a redirect that is gone", "delete rule inet shunt output handle HANDLE:redirect-all", ["missing-rule"]],
		[
			"a rule twice",
			'add rule inet shunt output oifname "lo" return comment "proxy-init/ignore-loopback"',
			["extra-rule"],
		],
		[
			"somebody else's rule in our chain",
			"insert rule inet shunt prerouting tcp dport 99 accept",
			["extra-rule"],
		],
		// Without flags nobody knows what the others were.
		["a chain that is empty", "flush chain inet shunt prerouting", ["missing-rule"], ["lost-rule"]],
		["a chain that is gone", "delete chain inet shunt output", ["missing-chain"]],
		[
			"a chain that hangs elsewhere",
			"delete chain inet shunt output\nadd chain inet shunt output { type nat hook output priority 5; }",
			["missing-chain"],
		],
		["a table that is switched off", "add table inet shunt { flags dormant; }", ["missing-chain"]],
		["a table without anything", "delete table inet shunt\nadd table inet shunt", ["missing-chain"]],
	] as readonly [string, string, string[], string[]?][])("finds %s", (_, script, kinds, more = []) =>
		withNetns("status", (netns) => {
			init(netns, standard.args);
			netns.run("nft", ["-f", "-"], `${withHandles(netns, script)}\n`);
			const seen = seeOne(netns);
			expect(kindsOf(seen)).toEqual([...more, ...kinds]);
			expect(seen).toMatchObject({ status: 2, verdict: "drift" });
			expect(kindsOf(seeOne(netns, standard.args))).toEqual(kinds);
		}),
	);

	it("finds what is left of an earlier mode beside them", () =>
		withNetns("status", (netns) => {
			init(netns, standard.args);
			hold(netns, "legacy", standard);
			expect(kindsOf(seeOne(netns))).toEqual(["second-mode"]);
			const seen = seeOne(netns, [...standard.args, "--iptables-mode", "nftables"]);
			expect(seen.status).toBe(2);
			expect(seen.drift).toMatchObject([{ kind: "other-mode", mode: "legacy" }]);
		}));
});

function init(netns: Netns, args: readonly string[]) {
	const ended = runShunt(["init", ...args, "--iptables-mode", "nftables", "--netns", netns.path]);
	expect(ended.status, ended.stderr).toBe(0);
	return ended;
}

function withHandles(netns: Netns, script: string): string {
	const listing = netns.run("nft", ["-a", "list", "table", "inet", "shunt"]);
	return script.replace(/HANDLE:([\w-]+)/, (_, reason) => {
		const [, handle] =
			new RegExp(`^\\t\\t\\S.*${reason}.*# handle (\\d+)$`, "m").exec(
				listing.slice(listing.indexOf("chain output")),
			) ?? [];
		return handle ?? "none";
	});
}
