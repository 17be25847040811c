import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { dialects, specsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";

describe.each(dialects)("%s accepts", (dialect) => {
	const where = ["-p", "4143", "-o", "4140", "-u", "2102", "--iptables-mode", dialect];

	/** Applies, applies again, and hands over the inbound chain of each family. */
	const accept = (
		args: readonly string[],
		check: (chains: string[][], warnings: readonly string[]) => void,
	) =>
		withNetns("accepted", (netns) => {
			const first = init(netns, [...where, ...args]);
			expect(first.status, first.stderr).toBe(0);
			const { warnings } = JSON.parse(first.stdout);
			const chains = families.map((family) =>
				specsOf(netns.natTable(dialect, family), "PROXY_INIT_REDIRECT"),
			);
			check(chains, warnings);
			const again = init(netns, [...where, ...args]);
			const outcomes: { outcome: string }[] = JSON.parse(again.stdout).families;
			expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
		});

	it("blanks around items", () =>
		accept(["--inbound-ports-to-ignore", " 80 ,\t443, 8000-8010 "], (chains) => {
			for (const [first] of chains) {
				expect(first).toContain("--dports 80,443,8000:8010 ");
			}
		}));

	it("subnets of both families, each for its own", () =>
		accept(["--subnets-to-ignore", "10.0.0.0/8, fd00::/8,192.168.0.0/16"], ([ipv4, ipv6], warnings) => {
			expect(warnings).toEqual([]);
			expect(ipv4?.filter((spec) => spec.startsWith("-s")).map((spec) => spec.split(" ")[1])).toEqual([
				"10.0.0.0/8",
				"192.168.0.0/16",
			]);
			expect(ipv6?.filter((spec) => spec.startsWith("-s")).map((spec) => spec.split(" ")[1])).toEqual([
				"fd00::/8",
			]);
		}));

	it("host bits, which it says mean the block around them", () =>
		accept(["--subnets-to-ignore", "172.16.5.4/12,fd00::7/16"], ([ipv4, ipv6], warnings) => {
			expect(ipv4?.[0]).toContain("-s 172.16.0.0/12 ");
			expect(ipv4?.[0]).toContain("proxy-init/ignore-subnet-172.16.5.4/12");
			expect(ipv6?.[0]).toContain("-s fd00::/16 ");
			expect(warnings).toHaveLength(2);
			expect(warnings[0]).toMatch(/^172\.16\.5\.4\/12 .*172\.16\.0\.0\/12/);
			expect(warnings[1]).toMatch(/^fd00::7\/16 .*fd00::\/16/);
		}));

	it.each([
		["FD00::/8", "fd00::/8"],
		["2001:db8:0:0:0:0:0:1/128", "2001:db8::1/128"],
		["2001:0DB8::0001/128", "2001:db8::1/128"],
		["::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104"],
		["::18.0.0.0/104", "::18.0.0.0/104"],
		["0::0/1", "::/1"],
		["1:0:0:2:0:0:0:3/128", "1:0:0:2::3/128"],
	])("the IPv6 spelling %s", (given, kept) =>
		accept(["--subnets-to-ignore", given], ([ipv4, ipv6], warnings) => {
			expect(ipv4).toHaveLength(1);
			expect(ipv6?.[0]).toContain(`-s ${kept} `);
			expect(warnings).toEqual([]);
		}),
	);

	it.each(["0.0.0.0/0", "::/0", "10.1.1.1/0"])("every address at once, as %s", (given) =>
		accept(["--subnets-to-ignore", given], ([ipv4, ipv6]) => {
			const specs = given.includes(":") ? ipv6 : ipv4;
			expect(specs?.[0]).toBe(`-m comment --comment "proxy-init/ignore-subnet-${given}" -j RETURN`);
		}),
	);

	it("the outermost ports and ids", () =>
		accept(
			[
				"--inbound-ports-to-ignore",
				"1,65535,1-65535",
				"-g",
				"4294967294",
				"--uids-to-ignore",
				"0,4294967294",
			],
			([ipv4]) => {
				expect(ipv4?.[0]).toContain("--dports 1,65535,1:65535 ");
			},
		));
});

function init(netns: Netns, args: readonly string[]) {
	return runShunt(["init", "--netns", netns.path, "--output", "json", ...args]);
}
