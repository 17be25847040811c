import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { readPacket } from "../../src/explain/packet.ts";
import { pathViews } from "../../src/explain/path-view.ts";
import type { Trace } from "../../src/explain/trace.ts";
import type { Gap, Ruleset } from "../../src/rules/ruleset.ts";
import { rulesetPrinted } from "../support/printed-rules.ts";

const proxyPorts = [4140, 15_001];
const ours = '-m comment --comment "proxy-init/redirect-all-outgoing-to-proxy-port"';

/** What a rule may do, and what most people want to know of it. */
const targets = [
	"-j RETURN",
	"-j ACCEPT",
	"-j FOO",
	"-g FOO",
	`-p tcp ${ours} -j REDIRECT --to-ports 4140`,
	"-p tcp -j REDIRECT --to-ports 15001",
	"-p tcp -j REDIRECT --to-ports 9000",
	"-p tcp -j DNAT --to-destination 10.0.0.7:80",
	"-p tcp -j DNAT --to-destination 10.0.0.8",
];

interface Line {
	readonly chain: "OUTPUT" | "FOO" | "ISTIO_OUTPUT";
	readonly isStrange: boolean;
	readonly target: string;
}

const line: fc.Arbitrary<Line> = fc
	.record({
		chain: fc.constantFrom("OUTPUT" as const, "OUTPUT" as const, "FOO" as const),
		isStrange: fc.boolean(),
		target: fc.constantFrom(...targets),
	})
	.filter(({ chain, target }) => chain === "OUTPUT" || !target.includes("FOO"));

const lines = fc
	.array(line, { maxLength: 7 })
	.filter((all) => all.filter(({ isStrange }) => isStrange).length <= 5);

/** That 15001 is a proxy's port can only be told from whose chain redirects there. */
const mesh: Line = { chain: "ISTIO_OUTPUT", isStrange: false, target: "-p tcp -j REDIRECT --to-ports 15001" };

function rulesetOf(all: readonly Line[], gaps: readonly Gap[] = []): Ruleset {
	const rules = [...all, mesh].map(
		({ chain, isStrange, target }) =>
			`-A ${chain} ${isStrange ? "-m statistic --mode random --probability 0.5 " : ""}${target}`,
	);
	const chains = [":OUTPUT ACCEPT [0:0]", ":FOO - [0:0]", ":ISTIO_OUTPUT - [0:0]"];
	const text = ["*nat", ...chains, ...rules, "COMMIT", ""].join("\n");
	return rulesetPrinted({ saved: [{ dialect: "nft", family: "ipv4", text }], gaps });
}

/** Every ruleset that it may be, with nothing strange in it: a strange condition holds, or its rule might as well go. */
function settled(all: readonly Line[]): (readonly Line[])[] {
	const at = all.findIndex(({ isStrange }) => isStrange);
	const strange = all[at];
	return strange === undefined
		? [all]
		: [all.toSpliced(at, 1, { ...strange, isStrange: false }), all.toSpliced(at, 1)].flatMap(settled);
}

function journeyThrough(ruleset: Ruleset): Trace {
	const asked = readPacket({ direction: "outbound", to: "10.0.0.5", port: "80" });
	if (!asked.ok) {
		throw new Error("the packet is right");
	}
	return explain({ kind: "ruleset", ruleset }, asked.value);
}

function comesTo({ fate }: Trace): string {
	return fate.kind === "redirect" && proxyPorts.includes(fate.port) ? "proxy" : "past-proxy";
}

describe("rules of which a part is not understood", () => {
	it("have the outcome that all their ways have in common, and only otherwise may go either way", () => {
		const seen = new Map<string, number>();
		fc.assert(
			fc.property(lines, (all) => {
				const ways = settled(all).map((one) => journeyThrough(rulesetOf(one)));
				const outcomes = [...new Set(ways.map(comesTo))];
				const fates = [...new Set(ways.map(({ fate }) => JSON.stringify(fate)))].sort();
				const { fate, outcome, sentence } = journeyThrough(rulesetOf(all));
				expect(outcome).toBe(outcomes.length === 1 ? outcomes[0] : "unknown");
				expect(/either way/.test(sentence)).toBe(outcomes.length > 1);
				const told = fate.kind === "unknown" ? (fate.ways ?? []) : [fate];
				expect(told.map((way) => JSON.stringify(way)).sort()).toEqual(fates);
				const kind = `${outcome}, ${fates.length === 1 ? "one way" : "several ways"}`;
				seen.set(kind, (seen.get(kind) ?? 0) + 1);
			}),
			{ numRuns: 1500, seed: 3 },
		);
		expect([...seen.keys()].sort()).toEqual([
			"past-proxy, one way",
			"past-proxy, several ways",
			"proxy, one way",
			"proxy, several ways",
			"unknown, several ways",
		]);
	});

	it("say what the ways are where all avoid the proxy, and are drawn past it", () => {
		const ruleset = rulesetOf([
			{ chain: "OUTPUT", isStrange: true, target: "-p tcp -j REDIRECT --to-ports 9000" },
		]);
		const journey = journeyThrough(ruleset);
		expect(journey.sentence).toMatch(
			/ does not go to the proxy: it goes straight to its destination or goes to port 9000 of this pod, and which of these is not known, because it depends on "-m statistic --mode random --probability 0\.5", in the rule /,
		);
		expect(pathViews({ kind: "ruleset", ruleset }, "ipv4", journey)[1]?.taken).toEqual({ kind: "pass" });
	});

	it("say which ports may be meant where all lead to a proxy", () => {
		const journey = journeyThrough(
			rulesetOf([
				{ chain: "OUTPUT", isStrange: true, target: "-p tcp -j REDIRECT --to-ports 15001" },
				{ chain: "OUTPUT", isStrange: false, target: `-p tcp ${ours} -j REDIRECT --to-ports 4140` },
			]),
		);
		expect(journey.sentence).toContain(
			"goes to the proxy: it goes to port 4140 of this pod or goes to port 15001 of this pod, and which",
		);
	});
});

it("rules beside a table that was not read may go either way, whatever they say", () => {
	const gap: Gap = { dialect: "legacy", scope: "ipv4", table: "nat", why: "it is gone", code: "refused" };
	const { fate, outcome, sentence } = journeyThrough(rulesetOf([], [gap]));
	expect({ fate, outcome }).toMatchObject({ fate: { kind: "unknown" }, outcome: "unknown" });
	expect(fate).not.toHaveProperty("ways");
	expect(sentence).toMatch(/may go either way, because table ip nat \(legacy\) could not be read/);
});
