import { describe, expect, it } from "vitest";
import { families } from "../../domain/family.ts";
import type { CommandResult } from "../../host/host.ts";
import { createMemoryHost } from "../../host/memory.ts";
import { iptablesBackend } from "./backend.ts";

const refusal: CommandResult = {
	outcome: { kind: "exited", code: 3 },
	stdout: "",
	stderr: "no owner match\n",
};

describe("trying a variant", () => {
	it("leaves nothing where it works", () => {
		const host = createMemoryHost();
		const before = host.natTable("legacy", "ipv4").save();
		expect(iptablesBackend("legacy").probe(host, families)).toBeUndefined();
		expect(host.natTable("legacy", "ipv4").save()).toBe(before);
	});

	it("sends the rules in a transaction that does not take them back", () => {
		const host = createMemoryHost();
		const inputs: string[] = [];
		host.intercept("iptables-nft-restore", ({ stdin }) => {
			inputs.push(stdin ?? "");
			return undefined;
		});
		iptablesBackend("nft").probe(host, ["ipv4"]);
		expect(inputs[0]).toContain("-j REDIRECT");
		expect(inputs[0]).not.toMatch(/^-[FX]/m);
	});

	it("cleans the family that worked when the other did not", () => {
		const host = createMemoryHost();
		const before = host.natTable("nft", "ipv4").save();
		host.intercept("ip6tables-nft-restore", () => refusal);
		expect(iptablesBackend("nft").probe(host, families)?.message).toContain("no owner match");
		expect(host.natTable("nft", "ipv4").save()).toBe(before);
	});

	it("is not put off by what a killed trial has left", () => {
		const host = createMemoryHost();
		host.natTable("nft", "ipv4").restore("*nat\n-N SHUNT_PROBE\n-A SHUNT_PROBE -j RETURN\nCOMMIT\n");
		expect(iptablesBackend("nft").probe(host, families)).toBeUndefined();
		expect(host.natTable("nft", "ipv4").save()).not.toContain("SHUNT_PROBE");
	});
});
