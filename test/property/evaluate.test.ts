import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Address, type Cidr, formatAddress } from "../../src/domain/cidr.ts";
import type { PortRange } from "../../src/domain/port.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { evaluate, type Fate, type Packet } from "../../src/rules/evaluate.ts";
import { plan } from "../../src/rules/plan.ts";
import { packet, policy } from "../support/arbitraries.ts";

/**
 * What the policy means, said without rules or order: a set of packets to redirect. Address arithmetic is Node's
 * own, so that ours is not its own judge.
 */
function specification(asked: RedirectPolicy, seen: Packet): Fate {
	if (seen.protocol !== "tcp" || !asked.families.includes(seen.family)) {
		return { kind: "pass" };
	}
	const side = seen.hook === "prerouting" ? inbound(asked, seen) : outbound(asked, seen);
	return side.wanted && !side.exempt ? { kind: "redirect", port: side.port } : { kind: "pass" };
}

function inbound({ inbound: asked }: RedirectPolicy, seen: Packet) {
	const only = new Set<number | undefined>(asked.portsToRedirect);
	return {
		port: asked.proxyPort,
		wanted: only.size === 0 || only.has(seen.destinationPort),
		exempt:
			within(asked.portsToIgnore, seen) ||
			inside(asked.subnetsToIgnore, seen.source) ||
			new Set<string>(asked.interfacesToIgnore).has(seen.interface),
	};
}

function outbound({ outbound: asked }: RedirectPolicy, seen: Packet) {
	const owners = new Set<number | undefined>([...asked.uidsToIgnore, asked.proxyUid ?? -2]);
	return {
		port: asked.proxyPort,
		wanted: asked.portsToRedirect.length === 0 || within(asked.portsToRedirect, seen),
		exempt:
			owners.has(seen.uid) ||
			(asked.proxyGid !== undefined && seen.gid === asked.proxyGid) ||
			new Set<string>(["lo", ...asked.interfacesToIgnore]).has(seen.interface) ||
			within(asked.portsToIgnore, seen) ||
			inside(asked.subnetsToIgnore, seen.destination),
	};
}

function within(ranges: readonly PortRange[], { destinationPort = 0 }: Packet): boolean {
	return ranges.some(({ low, high }) => low <= destinationPort && destinationPort <= high);
}

function inside(subnets: readonly Cidr[], address: Address): boolean {
	const list = new BlockList();
	for (const { network, prefix, family } of subnets) {
		if (family === address.family) {
			list.addSubnet(network, prefix, family);
		}
	}
	return list.check(formatAddress(address), address.family);
}

describe("the plan of a policy", () => {
	it("does to every packet what the policy says", () => {
		fc.assert(
			fc.property(policy, packet, (asked, seen) => {
				expect(evaluate(plan(asked), seen).fate).toEqual(specification(asked, seen));
			}),
			{ numRuns: 20_000 },
		);
	});

	it("names the rule that decided as the last one it visited", () => {
		fc.assert(
			fc.property(policy, packet, (asked, seen) => {
				const { decidedBy, trace } = evaluate(plan(asked), seen);
				expect(trace.slice(0, -1).some((step) => step.matched)).toBe(false);
				expect(trace.at(-1)?.matched === true ? trace.at(-1)?.rule : undefined).toBe(decidedBy);
			}),
		);
	});
});

describe("the random packets", () => {
	it("meet every kind of fate often enough to mean something", () => {
		const fates = fc
			.sample(fc.tuple(policy, packet), { numRuns: 4000, seed: 1 })
			.map(([asked, seen]) => `${seen.hook} ${specification(asked, seen).kind}`);
		for (const kind of ["prerouting pass", "prerouting redirect", "output pass", "output redirect"]) {
			expect(fates.filter((fate) => fate === kind).length, kind).toBeGreaterThan(100);
		}
	});
});
