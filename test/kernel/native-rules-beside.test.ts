import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, way } from "../support/programs.ts";

/**
 * Rules that nft put where iptables-nft has its own, which iptables-nft-save does not show or shows wrong, with status 0:
 * ours among them are found, compared, told of and removed all the same.
 */
const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102"];

function shunt(netns: Netns, command: string, ...args: readonly string[]) {
	return runShunt([command, "--netns", netns.path, ...args]);
}

function init(netns: Netns) {
	const { status, stdout } = shunt(netns, "init", ...policy, "--iptables-mode", "nft", "--output", "json");
	expect(status).toBe(0);
	return JSON.parse(stdout).families.map(({ outcome }: { outcome: string }) => outcome);
}

const beside: readonly (readonly [name: string, words: string])[] = [
	// The tools' way refuses what iptables cannot show, and says so: unseen.test.ts.
	...(way === "tools"
		? []
		: [["native-rule-in-ip-nat", "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 9000"] as const]),
	["lookup-rule-in-ip-nat", "tcp dport { 80, 443 } return"],
	[
		"fib",
		// nft tells what a rule has counted.
		`fib daddr type local tcp dport 8080 counter ${way === "tools" ? "packets 0 bytes 0 " : ""}redirect to :9000`,
	],
];

describe.each(beside)("beside %s", (name, words) => {
	const theirs = readFileSync(new URL(`../vectors/cases/${name}.nft`, import.meta.url), "utf8");

	it("rules are made, found again, told of and removed", () =>
		withNetns("beside", (netns) => {
			netns.run("nft", ["-f", "-"], theirs);
			expect(init(netns)).toEqual(["created", "created"]);
			expect(init(netns)).toEqual(["unchanged", "unchanged"]);
			const { status, stdout } = shunt(netns, "status", "--output", "json");
			expect(status).toBe(0);
			expect(stdout).toContain('"in-sync"');
			expect(stdout).toContain(words);
			expect(shunt(netns, "clean").status).toBe(0);
			const left = netns.run("nft", ["list", "ruleset"]);
			expect(left).not.toContain("PROXY_INIT");
			expect(left).toContain(words.startsWith("-p") ? "tcp dport 80 redirect to :9000" : words.slice(0, 20));
			expect(shunt(netns, "status").stdout).toContain("no rules of ours");
		}));
});

it("what becomes of a connection is told by the rule that decides", () =>
	withNetns("beside", (netns) => {
		const cases = new URL("../vectors/cases/lookup-rule-in-ip-nat.nft", import.meta.url);
		netns.run("nft", ["-f", "-"], readFileSync(cases, "utf8"));
		init(netns);
		if (process.env["SHUNT_PROGRAM"] === undefined) {
			const told = (port: number) => shunt(netns, "explain", "outbound", `192.0.2.1:${port}`).stdout;
			expect(told(443)).toContain("goes straight to its destination");
			expect(told(444)).toContain("goes to the proxy on port 4140");
		}
	}));
