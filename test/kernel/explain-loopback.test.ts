import { expect, it } from "vitest";
import { explainOne } from "../support/explain-run.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";

it.each(["nft", "nftables"])(
	"a connection to the pod itself leaves through the loopback interface, whatever it is called (%s)",
	(mode) =>
		withNetns("explain", (netns) => {
			netns.run("ip", ["link", "set", "lo", "down"]);
			netns.run("ip", ["link", "set", "lo", "name", "inner0"]);
			netns.run("ip", ["link", "set", "inner0", "up"]);
			const args = [
				"init",
				"-p",
				"4143",
				"-o",
				"4140",
				"-u",
				"2102",
				"--iptables-mode",
				mode,
				"--netns",
				netns.path,
			];
			expect(runShunt(args).status).toBe(0);
			const explained = explainOne(["--netns", netns.path, "--to", "127.0.0.1", "--port", "8080"]);
			expect(explained.fate).toEqual({ kind: "pass" });
			expect(explained.assumed).toContainEqual(
				expect.objectContaining({ field: "interface", value: "inner0" }),
			);
			expect(explained.rules.find(({ decides }) => decides)?.rule).toContain("inner0");
		}),
);
