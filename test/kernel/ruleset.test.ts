import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderReplacement } from "../../src/backend/nftables/render.ts";
import { families } from "../../src/domain/family.ts";
import { evaluate } from "../../src/rules/evaluate.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import { traverse } from "../../src/rules/traverse.ts";
import { packet, policy } from "../support/arbitraries.ts";
import { toolOf } from "../support/dialect.ts";
import { rulesetTold } from "../support/inside-netns.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { restoreInput, rulesetPrinted } from "../support/printed-rules.ts";

const samples = fc.sample(fc.tuple(policy, fc.array(packet, { minLength: 40, maxLength: 40 })), {
	numRuns: 40,
	seed: 6,
});

describe.each(["legacy", "nft", "nftables"] as const)("rules that a kernel holds in %s", (dialect) => {
	it("do to every packet what the plan says, as tools print them and as the kernel tells them", () =>
		withNetns("ruleset", (netns) => {
			for (const [asked, packets] of samples) {
				const printed = held(netns, dialect, plan(asked));
				for (const ruleset of [printed, rulesetTold(netns)]) {
					for (const sent of packets) {
						const expected = evaluate(plan(asked), sent);
						const { fate, decidedBy } = traverse(ruleset, sent);
						expect(fate).toEqual(expected.fate);
						expect(decidedBy?.rule.comment ?? "").toContain(expected.decidedBy?.reason ?? "");
					}
				}
			}
		}));
});

describe("of two chains at one priority", () => {
	const legacy = (netns: Netns) => netns.run("iptables-legacy", redirecting);
	const nft = (netns: Netns) => netns.run("iptables-nft", redirecting);
	const redirecting = [
		"-t",
		"nat",
		"-A",
		"OUTPUT",
		"-p",
		"tcp",
		"--dport",
		"7",
		"-j",
		"REDIRECT",
		"--to-ports",
		"9",
	];
	const counts = (netns: Netns) =>
		["legacy", "nft"].filter((variant) => {
			const [, packets] =
				/\[(\d+):\d+\] -A OUTPUT/.exec(netns.run(`iptables-${variant}-save`, ["-c", "-t", "nat"])) ?? [];
			return packets !== "0";
		});
	const connect = (netns: Netns) => netns.try("bash", ["-c", "</dev/tcp/127.0.0.1/7"]);

	it("the one that was made last comes first, which is why their order is not guessed", async () => {
		await withNetns("ruleset", (netns) => {
			legacy(netns);
			nft(netns);
			connect(netns);
			expect(counts(netns)).toEqual(["nft"]);
		});
		await withNetns("ruleset", (netns) => {
			nft(netns);
			legacy(netns);
			connect(netns);
			expect(counts(netns)).toEqual(["legacy"]);
		});
	});
});

/** What the dialect's tools print of a plan that they were given. */
function held(netns: Netns, dialect: "legacy" | "nft" | "nftables", asked: Plan) {
	if (dialect === "nftables") {
		netns.run("nft", ["-f", "-"], renderReplacement(asked, { counters: false }));
		const json = netns.run("nft", ["-n", "-j", "list", "ruleset"]);
		return rulesetPrinted({
			saved: [],
			gaps: [],
			listing: { json, text: netns.run("nft", ["-a", "list", "ruleset"]) },
		});
	}
	const saved = families.map((family) => {
		const input = asked.families.includes(family) ? restoreInput(asked, family) : "*nat\nCOMMIT\n";
		netns.run(toolOf(dialect, family, "restore"), dialect === "legacy" ? ["-w"] : [], input);
		return { dialect, family, text: netns.run(toolOf(dialect, family, "save"), ["-t", "nat"]) };
	});
	return rulesetPrinted({ saved, gaps: [] });
}
