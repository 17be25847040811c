import { expect, it } from "vitest";
import { withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";

it.each([
	["legacy", "ipv4", "iptables-legacy", "ipv6"],
	["nft", "ipv6", "ip6tables-nft", "ipv4"],
])("in %s, a rule that %s lacks is not held against the other family", (mode, family, tool, other) =>
	withNetns("families", (netns) => {
		const policy = [
			"-p",
			"4143",
			"-o",
			"4140",
			"-u",
			"2102",
			"--subnets-to-ignore",
			"10.0.0.0/8,10.1.0.0/16",
		];
		expect(runShunt(["init", ...policy, "--iptables-mode", mode, "--netns", netns.path]).status).toBe(0);
		netns.run(tool, ["-t", "nat", "-D", "PROXY_INIT_OUTPUT", "1"]);
		const { status, stdout } = runShunt(["status", "--netns", netns.path, "--output", "json"]);
		expect(status).toBe(2);
		const [{ drift }] = JSON.parse(stdout).namespaces;
		expect(drift).toMatchObject([{ kind: "missing-rule", family, hook: "output", position: 1 }]);
		expect(drift[0].sentence).toContain(`is missing, which ${other} has: by user 2102`);
	}),
);
