import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { parseCases, type RecordedCase } from "../recorder/recorded-case.ts";
import { dialects, everyDialectAndFamily, otherThan, restore } from "../support/dialect.ts";
import { linesFor, states, withoutForeign } from "../support/existing-states.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { different, hold, standard } from "../support/standard-policy.ts";
import { kindsOf, seeOne } from "../support/status-run.ts";

/** What is wrong with each state when both families are in it and no flags say what should be. */
const drifts: Readonly<Record<string, readonly string[]>> = {
	"nothing of ours": [],
	"ours, and equal": [],
	"ours for another policy": [],
	"our chains without their jumps": ["wrong-jumps"],
	"our chains, empty and without jumps": ["missing-rule", "wrong-jumps"],
	"one jump missing": ["wrong-jumps"],
	"a jump twice": ["wrong-jumps"],
	"both jumps three times, side by side": ["wrong-jumps"],
	"rules missing": ["missing-rule"],
	"our chains empty": ["missing-rule"],
	"our rules in another order": ["extra-rule", "missing-rule"],
	"a rule twice": ["extra-rule"],
	"a rule that nobody of us would write": ["extra-rule"],
	"our rules without their comments": ["extra-rule", "missing-rule"],
	"only the inbound chain": ["missing-chain"],
	"only the outbound chain": ["missing-chain"],
	"a jump without its comment in place of ours": ["stray-jump", "wrong-jumps"],
	"a jump without its comment before ours": ["stray-jump"],
	"a jump without its comment before two of ours": ["stray-jump", "wrong-jumps"],
	"a jump that is narrower than ours": ["stray-jump"],
	"a goto in place of our jump": ["stray-jump", "wrong-jumps"],
	"the jumps of each hook in the other": ["stray-jump", "wrong-jumps", "missing-rule"],
	"a jump from a foreign chain": ["stray-jump"],
};

describe.each(dialects)("status of %s rules: a namespace that holds", (dialect) => {
	for (const state of states) {
		it(`${state.name}, in both families`, () =>
			withNetns("status", (netns) => {
				for (const family of families) {
					restore(netns, dialect, family, linesFor(withoutForeign(state), family));
				}
				const wrong = drifts[state.name];
				const seen = seeOne(netns);
				expect(kindsOf(seen)).toEqual([...(wrong ?? ["an expectation is missing"])].sort());
				expect(new Set(seen.drift.map(({ family }) => family)).size).toBe(wrong?.length === 0 ? 0 : 2);
				const isThere = state.name !== "nothing of ours";
				expect(seen.verdict).toBe(wrong?.length !== 0 ? "drift" : isThere ? "in-sync" : "no-rules");
				expect(seen.status).toBe(wrong?.length === 0 ? 0 : 2);
			}));
	}
});

describe.each(everyDialectAndFamily)("status of $dialect rules, $family:", ({ dialect, family }) => {
	it("what one family has lost is seen by the other", () =>
		withNetns("status", (netns) => {
			hold(netns, dialect, standard);
			restore(netns, dialect, family, [`-D PROXY_INIT_REDIRECT ${standard.redirect[0]}`]);
			const seen = seeOne(netns);
			expect(seen.status).toBe(2);
			expect(seen.drift).toHaveLength(1);
			expect(seen.drift[0]).toMatchObject({ kind: "missing-rule", mode: dialect, family, position: 1 });
			expect(seen.drift[0]?.sentence).toContain("proxy-init/ignore-port-4190,4191");
		}));

	it("a family without anything is missing when it is IPv4, and remarked upon when it is IPv6", () =>
		withNetns("status", (netns) => {
			restore(netns, dialect, family, linesFor(stateNamed("ours, and equal"), family));
			const seen = seeOne(netns);
			expect(kindsOf(seen)).toEqual(family === "ipv4" ? [] : ["missing-family"]);
			expect(seen.remarks.join()).toMatch(family === "ipv4" ? /IPv4 alone/ : /^$/);
		}));

	it("rules of others are told apart by whether they come before ours", () =>
		withNetns("status", (netns) => {
			restore(netns, dialect, family, linesFor(stateNamed("ours, and equal"), family));
			const places = seeOne(netns).foreignFirst.map(
				({ hook, position, comes }) => `${hook} ${position} ${comes}`,
			);
			expect(places).toEqual(["prerouting 1 first", "output 1 first", "output 2 first"]);
		}));
});

describe.each(dialects)("status of %s rules", (dialect) => {
	const init = ["--iptables-mode", dialect];

	it("says that they are in sync after init, and with which policy, and changes nothing", () =>
		withNetns("status", (netns) => {
			expect(runShunt(["init", ...standard.args, ...init, "--netns", netns.path]).status).toBe(0);
			const before = snapshot(netns);
			const seen = seeOne(netns);
			expect(seen).toMatchObject({ status: 0, verdict: "in-sync", comparedWith: "rules", drift: [] });
			expect(seen.held.map(({ mode, family }) => `${mode} ${family}`)).toEqual(
				families.map((family) => `${dialect} ${family}`),
			);
			expect(runShunt(["init", ...(seen.policy ?? []), ...init, "--netns", netns.path]).stderr).toContain(
				"nothing changed",
			);
			expect(seeOne(netns, [...standard.args, ...init])).toMatchObject({ status: 0, comparedWith: "flags" });
			expect(snapshot(netns)).toBe(before);
		}));

	it("finds every rule that differs from the flags", () =>
		withNetns("status", (netns) => {
			hold(netns, dialect, different);
			const seen = seeOne(netns, standard.args);
			expect(seen).toMatchObject({ status: 2, verdict: "drift", comparedWith: "flags" });
			expect(kindsOf(seen)).toEqual(["extra-rule", "missing-rule"]);
			expect(seen.drift.filter(({ kind }) => kind === "missing-rule")).toHaveLength(2 * 4);
		}));

	it("finds them in another mode than the flags name", () =>
		withNetns("status", (netns) => {
			hold(netns, dialect, standard);
			const other = otherThan(dialect);
			expect(kindsOf(seeOne(netns, ["--iptables-mode", other]))).toEqual(["other-mode"]);
			expect(seeOne(netns, ["--iptables-mode", "plain"]).status).toBe(0);
			expect(seeOne(netns, ["--iptables-mode", "auto"]).status).toBe(0);
			expect(kindsOf(seeOne(netns, ["--iptables-mode", "nftables"]))).toEqual(["other-mode"]);
		}));

	it("finds a family that the flags switch off", () =>
		withNetns("status", (netns) => {
			hold(netns, dialect, standard);
			const seen = seeOne(netns, [...standard.args, "--ipv6=false"]);
			expect(kindsOf(seen)).toEqual(["extra-family"]);
			expect(seen.drift[0]?.family).toBe("ipv6");
		}));
});

describe("status", () => {
	it("where there is nothing says so, and it is drift only if something was asked for", () =>
		withNetns("status", (netns) => {
			const before = snapshot(netns);
			expect(seeOne(netns)).toMatchObject({ status: 0, verdict: "no-rules", held: [] });
			expect(seeOne(netns, standard.args)).toMatchObject({ status: 2, verdict: "drift" });
			expect(kindsOf(seeOne(netns, ["--iptables-mode", "nft"]))).toEqual(["nothing"]);
			expect(snapshot(netns)).toBe(before);
		}));

	it("finds a second mode beside the first", () =>
		withNetns("status", (netns) => {
			for (const dialect of dialects) {
				hold(netns, dialect, standard);
			}
			const seen = seeOne(netns);
			expect(seen.status).toBe(2);
			expect(seen.held).toHaveLength(4);
			expect(kindsOf(seen)).toEqual(["second-mode"]);
			expect(kindsOf(seeOne(netns, ["--iptables-mode", "nft"]))).toEqual(["other-mode"]);
			expect(seen.foreignFirst).toEqual([]);
		}));
});

describe("the reference program's own rules are in sync", () => {
	const cases = ["proxy-init", "proxy-init-more"].flatMap((name) =>
		parseCases(readFileSync(new URL(`../vectors/${name}.jsonl`, import.meta.url), "utf8")),
	);
	const applied = cases.filter(({ ipv4 }) => ipv4.some((line) => line.includes("PROXY_INIT")));
	const hasPortZero = ({ ipv4 }: RecordedCase) => ipv4.some((line) => line.includes("--dport 0 "));
	const see = (netns: Netns, recorded: RecordedCase) => {
		for (const family of families) {
			const lines = recorded[family].filter((line) => /^(?::\S+ -|-A)/.test(line));
			restore(netns, recorded.mode, family, lines);
		}
		const { verdict, drift } = seeOne(netns);
		return { verdict, drift };
	};

	it("and there are enough of them", () => {
		expect(applied.length).toBeGreaterThan(100);
		expect(applied.filter(hasPortZero)).toHaveLength(1);
	});

	for (const recorded of applied.filter(({ exit }) => exit === 0)) {
		it(`case ${cases.indexOf(recorded) + 1}, ${recorded.args.join(" ").slice(0, 90)}`, () =>
			withNetns("status", (netns) => {
				const wanted = hasPortZero(recorded) ? "drift" : "in-sync";
				expect(see(netns, recorded)).toMatchObject({
					verdict: wanted,
					...(wanted === "drift" ? {} : { drift: [] }),
				});
			}));
	}
});

function stateNamed(name: string) {
	const state = states.find((candidate) => candidate.name === name);
	if (state === undefined) {
		throw new Error(`no state is called ${name}`);
	}
	return state;
}
