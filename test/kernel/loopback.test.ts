import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { kindsOf, seeOne } from "../support/status-run.ts";

const flags = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102"];
const modes = ["legacy", "nft", "nftables"] as const;
const ways = ["kernel", "tools"] as const;

function init(netns: Netns, mode: string, way: string) {
	const at = ["--iptables-mode", mode, "--netns", netns.path, "--transport", way];
	const ended = runShunt(["init", ...flags, ...at]);
	expect(ended.status, ended.stderr).toBe(0);
	return ended;
}

function rules(netns: Netns, mode: (typeof modes)[number]): string {
	return mode === "nftables"
		? netns.run("nft", ["list", "ruleset"])
		: [`iptables-${mode}-save`, `ip6tables-${mode}-save`]
				.map((program) => netns.run(program, ["-t", "nat"]))
				.join("");
}

/** Linux before 6.2 renames no interface that is up. */
function rename(netns: Netns, from: string, to: string): void {
	if (netns.try("ip", ["link", "set", from, "name", to]).status !== 0) {
		netns.run("ip", ["link", "set", from, "down"]);
		netns.run("ip", ["link", "set", from, "name", to]);
		netns.run("ip", ["link", "set", from, "up"]);
	}
}

describe.each(modes)("the loopback interface in mode %s", (mode) => {
	it.each(ways)("is found by what it is, also beside another that is called lo (%s)", (way) =>
		withNetns("loopback", (netns) => {
			rename(netns, "lo", "inner0");
			netns.run("ip", ["link", "add", "lo", "type", "veth", "peer", "name", "lo1"]);
			init(netns, mode, way);
			expect(rules(netns, mode)).toMatch(
				mode === "nftables" ? /oifname "inner0" return/ : /-o inner0 .*-j RETURN/,
			);
			expect(rules(netns, mode)).not.toMatch(/(?:oifname "lo"|-o lo )/);
			expect(seeOne(netns, ["--transport", way])).toMatchObject({ status: 0, verdict: "in-sync" });
			expect(seeOne(netns, [...flags, "--transport", way])).toMatchObject({ status: 0, drift: [] });
			expect(init(netns, mode, way).stderr).toContain("nothing changed");
		}),
	);

	it.each(ways)("is matched as it is called now, after it was renamed while it was up (%s)", (way) =>
		withNetns("loopback", (netns) => {
			init(netns, mode, way);
			expect(rules(netns, mode)).toMatch(mode === "nftables" ? /oifname "lo" return/ : /-o lo .*-j RETURN/);
			rename(netns, "lo", "inner0");
			const seen = seeOne(netns, ["--transport", way]);
			expect(seen).toMatchObject({ status: 2, verdict: "drift" });
			expect(kindsOf(seen)).toEqual(["extra-rule", "missing-rule"]);
			expect(init(netns, mode, way).stderr).not.toContain("nothing changed");
			expect(seeOne(netns, ["--transport", way])).toMatchObject({ status: 0, verdict: "in-sync" });
		}),
	);
});
