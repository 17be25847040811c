import { expect, it } from "vitest";
import { explainOne } from "../support/explain-run.ts";
import { type Netns, withNetns } from "../support/netns.ts";

const table = `table ip x {
	set both { type ipv4_addr . inet_service; elements = { 10.0.0.1 . 80, 10.0.0.2 . 443 }; }
	set wide { type ipv4_addr . inet_service; flags interval; elements = { 10.1.0.0/16 . 80-90 }; }
	chain out {
		type nat hook output priority -100;
		ip daddr . tcp dport { 10.9.0.1 . 80 } redirect to :1
		ip daddr . tcp dport @wide redirect to :2
		ip daddr . tcp dport vmap { 10.3.0.1 . 80 : drop, 10.3.0.2 . 81 : accept }
		tcp dport 99 reject with tcp reset
		ip daddr . tcp dport @both redirect to :3
	}
}
`;

const fateOf = (netns: Netns, to: string) => explainOne(["--netns", netns.path, "outbound", to]).fate;

it("values of several parts are told part by part, and reject is an end", () =>
	withNetns("explain", (netns) => {
		netns.run("nft", ["-f", "-"], table);
		const redirected = (port: number) => ({ kind: "redirect", port });
		expect(fateOf(netns, "10.9.0.1:80")).toEqual(redirected(1));
		expect(fateOf(netns, "10.1.2.3:90")).toEqual(redirected(2));
		expect(fateOf(netns, "10.3.0.1:80")).toEqual({ kind: "drop" });
		expect(fateOf(netns, "10.3.0.2:99")).toEqual({ kind: "drop" });
		for (const missed of ["10.9.0.1:81", "10.1.2.3:91", "10.3.0.1:81", "10.0.0.3:80", "10.3.0.2:81"]) {
			expect(fateOf(netns, missed), missed).toEqual({ kind: "pass" });
		}
		expect(fateOf(netns, "10.0.0.1:80").kind).toBe("unknown");
		expect(
			explainOne(["--netns", netns.path, "outbound", "10.0.0.1:80"]).rules.map(({ rule }) => rule),
		).toEqual(
			expect.arrayContaining([
				"ip daddr . tcp dport { 10.9.0.1 . 80 } redirect to :1",
				"ip daddr . tcp dport vmap { 10.3.0.1 . 80 : drop, 10.3.0.2 . 81 : accept }",
				"ip daddr . tcp dport @both redirect to :3",
			]),
		);
	}));
