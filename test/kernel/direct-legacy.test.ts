import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { applyLegacy, driftInLegacy, removeLegacy } from "../../src/backend/iptables/legacy-kernel.ts";
import { readLegacyTable } from "../../src/backend/iptables/legacy-table.ts";
import { type Family, families } from "../../src/domain/family.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import { words } from "../../src/wire/bytes.ts";
import { natTableOf } from "../../src/wire/ip-words.ts";
import { chainsOf, restore, specsOf, toolOf } from "../support/dialect.ts";
import { inFamily, linesFor, states, withoutForeign } from "../support/existing-states.ts";
import { dockerRules, kubeProxyRules } from "../support/foreign-hosts.ts";
import { istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { insideNetns } from "../support/inside-netns.ts";
import { namedPolicies } from "../support/named-policies.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";
import { restoreInput } from "../support/printed-rules.ts";
import { randomPlans } from "../support/random-plans.ts";
import { standard, tableOf } from "../support/standard-policy.ts";

const standardPlan = plan(policyFrom(standard.args.join(" ")));
const asked = { wait: true };

const apply = (netns: Netns, wanted: Plan) => insideNetns(netns, (host) => applyLegacy(host, wanted, asked));
const remove = (netns: Netns) => insideNetns(netns, (host) => removeLegacy(host, families));
const drift = (netns: Netns, wanted: Plan, family: Family) =>
	insideNetns(netns, (host) => driftInLegacy(host, wanted, family));

/** With what every rule and policy has counted. */
function withCounters(netns: Netns, family: Family): string[] {
	return netns
		.run(toolOf("legacy", family, "save"), ["-c", "-t", "nat"])
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"));
}

describe("rules made without a tool", () => {
	it.each([
		...Object.entries(namedPolicies).map(([name, flags]) => [name, plan(policyFrom(flags))] as const),
		...randomPlans.map((wanted, index) => [`random policy ${index + 1}`, wanted] as const),
	])("print like those of iptables-restore, and are read as the plan: %s", (_, wanted) =>
		withNetns("direct", (ours) =>
			withNetns("direct", (theirs) => {
				expect(apply(ours, wanted)).toEqual(
					wanted.families.map((family) => ({ family, outcome: "created" })),
				);
				for (const family of wanted.families) {
					theirs.run(toolOf("legacy", family, "restore"), ["--noflush", "-w"], restoreInput(wanted, family));
					expect(withCounters(ours, family)).toEqual(withCounters(theirs, family));
					expect(drift(theirs, wanted, family)).toEqual([]);
				}
				expect(apply(theirs, wanted)).toEqual(
					wanted.families.map((family) => ({ family, outcome: "unchanged" })),
				);
				expect(remove(ours)).toEqual(wanted.families);
				expect(remove(ours)).toEqual([]);
				for (const family of wanted.families) {
					expect(ours.natTable("legacy", family)).toHaveLength(6);
				}
			}),
		),
	);
});

describe.each(families)("a namespace that holds, in %s,", (family) => {
	it.each(
		states.flatMap((state) => [
			[`${state.name}, and foreign rules`, state] as const,
			[state.name, withoutForeign(state)] as const,
		]),
	)("%s", (_, state) =>
		withNetns("direct", (netns) => {
			restore(netns, "legacy", family, linesFor(state, family));
			const before = netns.natTable("legacy", family);
			expect(apply(netns, standardPlan)).toContainEqual({ family, outcome: state.outcome });
			const after = netns.natTable("legacy", family);
			const localized = (specs: readonly string[]) => specs.map((spec) => inFamily(spec, family));
			expect(specsOf(after, "PREROUTING")).toEqual(localized(state.thenPrerouting ?? state.prerouting));
			expect(specsOf(after, "OUTPUT")).toEqual(localized(state.thenOutput ?? state.output));
			expect(specsOf(after, "PROXY_INIT_REDIRECT")).toEqual(standard.redirect);
			expect(specsOf(after, "PROXY_INIT_OUTPUT")).toEqual(standard.outgoing);
			expect(specsOf(after, "POSTROUTING")).toEqual(specsOf(before, "POSTROUTING"));
			expect(specsOf(after, "FOREIGN")).toEqual(
				specsOf(before, "FOREIGN").filter((spec) => spec !== state.detour),
			);
			expect(new Set(chainsOf(after))).toEqual(
				new Set([...chainsOf(before), "PROXY_INIT_REDIRECT", "PROXY_INIT_OUTPUT"]),
			);
		}),
	);
});

describe("others' rules", () => {
	/** Each rule has counted something else. */
	const counting = (rules: readonly string[]) =>
		rules.map((rule, index) => (rule.startsWith("-A") ? `[${index + 1}:${100 * index}] ${rule}` : rule));

	it.each([
		["Docker's", dockerRules],
		["kube-proxy's", kubeProxyRules],
		["Istio's", istioRules],
		["Kuma's", kumaRules],
		["all of them", [...dockerRules, ...kubeProxyRules, ...istioRules, ...kumaRules]],
	])("survive, with their counters and policies: %s", (_, rules) =>
		withNetns("direct", (netns) => {
			const policies = [":POSTROUTING DROP [7:8]", ":INPUT ACCEPT [9:10]"];
			const input = ["*nat", ...policies, ...counting(rules), "COMMIT", ""].join("\n");
			netns.run("iptables-legacy-restore", ["--counters", "-w"], input);
			const before = withCounters(netns, "ipv4");
			expect(before.filter((line) => line.startsWith("["))).toHaveLength(
				rules.filter((rule) => rule.startsWith("-A")).length,
			);
			const isOurs = (line: string) => /PROXY_INIT/.test(line);
			expect(apply(netns, standardPlan)).toEqual([
				{ family: "ipv4", outcome: "created" },
				{ family: "ipv6", outcome: "created" },
			]);
			expect(withCounters(netns, "ipv4").filter((line) => !isOurs(line))).toEqual(before);
			const wanted = tableOf(standard)
				.filter((line) => isOurs(line) && line.startsWith("-A"))
				.sort();
			const made = netns.natTable("legacy", "ipv4").filter((line) => isOurs(line) && line.startsWith("-A"));
			expect(made.map((line) => line.replace(/^\[\d+:\d+\] /, "")).sort()).toEqual(wanted);
			expect(remove(netns)).toEqual(families);
			expect(withCounters(netns, "ipv4")).toEqual(before);
		}),
	);

	it.each([
		["Docker's", dockerRules],
		["kube-proxy's", kubeProxyRules],
		["Istio's", istioRules],
		["Kuma's", kumaRules],
	])("are read in the words of iptables-save, but for what is not understood: %s", (_, rules) =>
		withNetns("direct", (netns) => {
			restore(netns, "legacy", "ipv4", rules);
			const { table } = insideNetns(netns, (host) => readLegacyTable(host, "ipv4"));
			const read = natTableOf(table, words.little).chains.flatMap(({ name, rules: all }) =>
				all.map(({ text }) => `-A ${name} ${text}`),
			);
			const shown = netns.natTable("legacy", "ipv4").filter((line) => line.startsWith("-A"));
			expect(read).toHaveLength(shown.length);
			for (const [index, line] of read.entries()) {
				const [known = ""] = line.split(/-[mj] \S+ \[revision/);
				expect(shown[index]?.slice(0, known.length)).toBe(known);
				expect(known === line ? shown[index] : known).toBe(known === line ? line : known);
			}
		}),
	);
});

describe("writers at the same time", () => {
	it("lose nothing of each other's under the lock", () =>
		withNetns("direct", async (netns) => {
			const script =
				"for n in $(seq 1 40); do iptables-legacy -w 30 -t nat -A OUTPUT -p udp --dport $((1000 * $1 + n)) -j RETURN || exit 1; done";
			const writers = [1, 2, 3].map((writer) =>
				spawn("ip", ["netns", "exec", netns.name, "sh", "-c", script, "sh", `${writer}`], {
					stdio: "ignore",
				}),
			);
			const ended = Promise.all(writers.map((child) => once(child, "exit")));
			let isRunning = true;
			ended.then(() => {
				isRunning = false;
			});
			let rounds = 0;
			while (isRunning || rounds === 0) {
				apply(netns, standardPlan);
				remove(netns);
				rounds++;
				await new Promise((resolve) => setTimeout(resolve, 3));
			}
			expect(await ended).toEqual([
				[0, null],
				[0, null],
				[0, null],
			]);
			apply(netns, standardPlan);
			expect(rounds).toBeGreaterThan(3);
			const udp = netns.natTable("legacy", "ipv4").filter((line) => line.includes("-p udp"));
			expect(udp.map((line) => Number(/--dport (\d+)/.exec(line)?.[1])).toSorted((a, b) => a - b)).toEqual(
				[1, 2, 3].flatMap((writer) => Array.from({ length: 40 }, (_, n) => 1000 * writer + n + 1)),
			);
			expect(drift(netns, standardPlan, "ipv4")).toEqual([]);
		}));
});
