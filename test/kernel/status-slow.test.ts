import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toolsOf } from "../support/dialect.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt, startShunt } from "../support/programs.ts";
import { hold, standard } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

/** A tool that does nothing before the program that waits for it has said something on standard error. */
const held = (sign: string) => `while [ ! -e ${sign} ]; do sleep 0.1; done\nexec "$real" "$@"`;

describe("while a tool takes its time", () => {
	it.each([
		["status", [], "iptables-legacy-save", "the tools are listing the rules"],
		["status", ["--output", "json"], "iptables-legacy-save", "the tools are listing the rules"],
		["clean", [], "iptables-legacy-save", "still looking for rules of ours and removing them"],
		[
			"init",
			[...standard.args, "--iptables-mode", "legacy"],
			"iptables-legacy-restore",
			"still programming the rules",
		],
	])("%s %j says so, and standard output has the answer alone", (verb, flags, tool, words) =>
		withNetns("slow", (netns) =>
			withToolFolder(async (tools) => {
				hold(netns, "legacy", standard);
				const sign = join(tools.path, "go");
				tools.link("sh", "sleep", ...toolsOf("legacy").filter((name) => name !== tool));
				tools.script(tool, held(sign));
				const args = [verb, ...flags, "--netns", netns.path];
				const run = startShunt(args, { env: { ...process.env, ...tools.env } });
				run.child.stderr?.once("data", () => existsSync(sign) || writeFileSync(sign, ""));
				const slow = await run.ended;
				expect(slow.status).toBe(0);
				expect(slow.stderr.split("\n")[0]).toBe(`shunt ${verb}: ${words} …`);
				if (verb === "status") {
					expect(slow.stdout).toBe(runShunt(args).stdout);
				}
			}),
		),
	);
});

it("a long list is shortened in the table of status, and whole in JSON", () =>
	withNetns("slow", (netns) => {
		const ports = Array.from({ length: 300 }, (_, index) => `${1001 + 2 * index}`);
		const args = [...standard.args, "--outbound-ports-to-ignore", ports.join(",")];
		expect(runShunt(["init", ...args, "--iptables-mode", "nft", "--netns", netns.path]).status).toBe(0);
		const shown = `--outbound-ports-to-ignore ${ports.slice(0, 10).join(",")},… and 290 more`;
		const table = runShunt(["status", "--netns", netns.path]).stdout;
		expect(table).toContain("(long lists shortened, whole in --output json):");
		expect(table).toContain(shown);
		expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThan(400);
		const { policy } = JSON.parse(runShunt(["status", "--netns", netns.path, "--output", "json"]).stdout)
			.namespaces[0];
		expect(policy[policy.indexOf("--outbound-ports-to-ignore") + 1]).toBe(ports.join(","));
		// The differences too, of which there may be as many as rules.
		netns.run("iptables-nft", ["-t", "nat", "-F", "PROXY_INIT_OUTPUT"]);
		const drifted = runShunt(["status", "--netns", netns.path]).stdout;
		expect(drifted).toContain(",… and 290 more");
		expect(Math.max(...drifted.split("\n").map((line) => line.length))).toBeLessThan(400);
	}));
