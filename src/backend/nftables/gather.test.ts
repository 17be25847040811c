import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { plan } from "../../rules/plan.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { setRules } from "./gather.ts";

/** A chain's rules in words; their sets are of interest here, not how a set is written. */
function rulesAt(hook: "prerouting" | "output", flags: string): string[] {
	return setRules(plan(policyFrom(`-p 1 -o 2 ${flags}`)), hook).map(setRuleInWords);
}

const inbound = "tcp: redirect to port 1 [proxy-init/redirect-all-incoming-to-proxy-port]";
const loopback = "out-interface lo: return [proxy-init/ignore-loopback]";
const outbound = "tcp: redirect to port 2 [proxy-init/redirect-all-outgoing-to-proxy-port]";

describe("setRules", () => {
	it("are a policy's own where nothing is to be gathered", () => {
		expect(rulesAt("prerouting", "-u 3")).toEqual([inbound]);
		expect(rulesAt("output", "-u 3 -g 4")).toEqual([
			"uid 3: return [proxy-init/ignore-proxy-user-id]",
			"gid 4: return [proxy-init/ignore-proxy-group-id]",
			loopback,
			outbound,
		]);
	});

	it("gather users, interfaces and ports into one rule each, in the plan's order", () => {
		const flags =
			"-u 3 --uids-to-ignore 7,5,6 --outbound-interfaces-to-ignore net0,eth1 --outbound-ports-to-ignore 80,443-445 --outbound-ports-to-redirect 1,2,4";
		expect(rulesAt("output", flags)).toEqual([
			"uid 3: return [proxy-init/ignore-proxy-user-id]",
			"uid 5-7: return [proxy-init/ignore-user-id]",
			loopback,
			"out-interface eth1,net0: return [proxy-init/ignore-interface]",
			"to port 80,443-445: return [proxy-init/ignore-port]",
			"to port 1-2,4: redirect to port 2 [proxy-init/redirect-outgoing-port]",
		]);
	});

	it("gather listed ports, which a plan redirects one by one", () => {
		expect(rulesAt("prerouting", "-u 3 -r 80,443,81")).toEqual([
			"to port 80-81,443: redirect to port 1 [proxy-init/redirect-port]",
		]);
	});

	it("keep subnets of the two families apart, since a set is of one", () => {
		const flags = "-u 3 --subnets-to-ignore fd00::/8,10.0.0.0/8,10.1.0.0/16,::1/128";
		expect(rulesAt("prerouting", flags)).toEqual([
			`source ipv4 ${0x0a000000}-${0x0affffff}: return [proxy-init/ignore-subnet]`,
			`source ipv6 1,${0xfdn << 120n}-${(0xfen << 120n) - 1n}: return [proxy-init/ignore-subnet]`,
			inbound,
		]);
		expect(rulesAt("output", "-u 3 --outbound-subnets-to-ignore 192.0.2.1/32")).toEqual([
			"uid 3: return [proxy-init/ignore-proxy-user-id]",
			loopback,
			`destination ipv4 ${0xc0000201}: return [proxy-init/ignore-subnet]`,
			outbound,
		]);
	});

	it("let IPv6 pass first, in both chains, where it is off", () => {
		const off = "ipv6: return [proxy-init/ignore-family]";
		expect(rulesAt("prerouting", "-u 3 --ipv6=false")).toEqual([off, inbound]);
		expect(rulesAt("output", "-u 3 --ipv6=false")[0]).toBe(off);
	});
});

describe("canonicalRule", () => {
	it("is the same however a set was written", () => {
		const spellings = [
			"--inbound-ports-to-ignore 1,2,3",
			"--inbound-ports-to-ignore 2-3,1-2",
			"--inbound-ports-to-ignore 1-3",
		];
		expect(spellings.map((flags) => rulesAt("prerouting", `-u 3 ${flags}`)[0])).toEqual(
			spellings.map(() => "to port 1-3: return [proxy-init/ignore-port]"),
		);
	});

	it("says of a rule without conditions that it is for everything", () => {
		const rule = { reason: "ignore-port", conditions: [], action: { kind: "return" } } as const;
		expect(setRuleInWords(rule)).toBe("everything: return [proxy-init/ignore-port]");
	});
});
