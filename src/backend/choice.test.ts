import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import type { Dialect, Mode } from "../domain/mode.ts";
import { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "../host/memory.ts";
import { plan } from "../rules/plan.ts";
import { BackendError } from "./backend-error.ts";
import { type Choice, describeAttempts, setUpInMode } from "./choice.ts";

const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
const options = { wait: false, counters: false };

function choose(host: MemoryHost, mode: Mode = "auto"): Choice {
	return setUpInMode(host, mode, wanted, options);
}

/** A host that has nothing but these tools; unlike the fake's others, nft has to be wished for. */
function hostWith(tools: readonly Dialect[], more: MemoryHostOptions = {}): MemoryHost {
	const host = createMemoryHost({ hasNft: tools.includes("nftables"), ...more });
	for (const [dialect, infix] of [
		["nft", "-nft"],
		["legacy", "-legacy"],
		["plain", ""],
	] as const) {
		for (const program of tools.includes(dialect) ? [] : ["iptables", "ip6tables"]) {
			host.uninstall(`${program}${infix}-restore`);
			host.uninstall(`${program}${infix}-save`);
		}
	}
	return host;
}

/** Which dialects hold rules of ours. */
function holders(host: MemoryHost): string[] {
	const holds = (dialect: "legacy" | "nft") =>
		host.natTable(dialect, "ipv4").save().includes("PROXY_INIT_OUTPUT");
	return [
		...(["legacy", "nft"] as const).filter(holds),
		...host.nftables.tables().map(({ family, name }) => `${family} ${name}`),
	];
}

describe("a mode that names a dialect", () => {
	it.each<[mode: Dialect, holder: string]>([
		["legacy", "legacy"],
		["nft", "nft"],
		["plain", "nft"],
		["nftables", "inet shunt"],
	])("%s is spoken whatever else there is", (mode, holder) => {
		const host = hostWith(["legacy", "nft", "plain", "nftables"]);
		expect(choose(host, mode)).toEqual({
			dialect: mode,
			via: "tools",
			outcomes: [
				{ family: "ipv4", outcome: "created" },
				{ family: "ipv6", outcome: "created" },
			],
			tried: [],
			...(mode === "nftables" ? { changed: [] } : {}),
		});
		expect(holders(host)).toEqual([holder]);
	});

	it("fails where it cannot be spoken, and tries no other", () => {
		const host = hostWith(["legacy", "nft"]);
		expect(() => choose(host, "nftables")).toThrow(
			expect.objectContaining({
				code: "missing-tool",
				message: expect.stringMatching(/^nft: not found in PATH/),
			}),
		);
		expect(host.commands).toEqual([]);
	});
});

describe("auto", () => {
	it.each<[tools: Dialect[], chosen: Dialect, tried: Dialect[]]>([
		[["nft", "nftables", "legacy", "plain"], "nft", []],
		[["nftables", "legacy", "plain"], "nftables", ["nft"]],
		[["legacy", "plain"], "legacy", ["nft", "nftables"]],
		[["plain"], "plain", ["nft", "nftables", "legacy"]],
	])("takes of %j %s, at first try where it can", (tools, chosen, tried) => {
		const { dialect, tried: failed } = choose(hostWith(tools));
		expect(dialect).toBe(chosen);
		expect(failed.map((attempt) => [attempt.dialect, attempt.failure.code])).toEqual(
			tried.map((one) => [one, "missing-tool"]),
		);
	});

	it.each<[holder: Dialect]>([["nftables"], ["legacy"], ["nft"]])(
		"joins %s where that holds rules",
		(holder) => {
			const host = hostWith(["nft", "nftables", "legacy", "plain"]);
			setUpInMode(host, holder, plan(policyFrom("-p 1 -o 2 -u 3")), options);
			expect(choose(host)).toMatchObject({ dialect: holder, tried: [] });
			expect(choose(host).outcomes.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
		},
	);

	it("joins legacy where only others' rules are in it", () => {
		const host = hostWith(["nft", "nftables", "legacy"]);
		host.natTable("legacy", "ipv6").restore("*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n");
		expect(choose(host).dialect).toBe("legacy");
	});

	it("goes on from a dialect that the kernel refuses, and says why", () => {
		const host = hostWith(["nft", "nftables"]);
		const lack =
			"iptables-nft-restore: line 3: RULE_APPEND failed (No such file or directory): rule in chain OUTPUT";
		for (const program of ["iptables-nft-restore", "ip6tables-nft-restore"]) {
			host.intercept(program, () => ({ outcome: { kind: "exited", code: 4 }, stdout: "", stderr: lack }));
		}
		const choice = choose(host);
		expect(choice.dialect).toBe("nftables");
		expect(choice.tried.map(({ dialect, failure }) => [dialect, failure.code])).toEqual([["nft", "refused"]]);
		expect(describeAttempts(choice.tried)).toMatch(/^nft: .*kernel lacks a module behind this rule: /);
		expect(describeAttempts(choice.tried)).toContain(lack);
		expect(host.nftables.tables()).toEqual([{ family: "inet", name: "shunt" }]);
	});

	it("fails with everything that it tried where nothing works", () => {
		let thrown: unknown;
		const host = hostWith([]);
		try {
			choose(host);
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toBeInstanceOf(BackendError);
		const { code, message } = thrown as BackendError;
		expect(code).toBe("missing-tool");
		expect(message.split(" → ").map((attempt) => attempt.split(" ", 2))).toEqual([
			["nft:", "iptables-nft-restore,"],
			["nftables:", "nft:"],
			["legacy:", "iptables-legacy-restore,"],
			["plain:", "iptables-restore,"],
		]);
	});

	it.each<[what: string, nft: string, nftables: string, code: string]>([
		["want of permission everywhere", "Permission denied", "Operation not permitted", "not-permitted"],
		["a refusal beside want of permission", "Permission denied", "Operation not supported", "refused"],
	])("reports %s", (_, nft, nftables, code) => {
		const host = hostWith(["nft", "nftables"]);
		for (const [program, stderr] of [
			["iptables-nft-restore", nft],
			["ip6tables-nft-restore", nft],
			["nft", nftables],
		] as const) {
			host.intercept(program, () => ({ outcome: { kind: "exited", code: 1 }, stdout: "", stderr }));
		}
		expect(() => choose(host)).toThrow(expect.objectContaining({ code }));
	});

	it("says of each dialect that it is on its way while it is tried", () => {
		const host = hostWith(["nftables", "legacy"]);
		const begun: Dialect[] = [];
		setUpInMode(host, "auto", wanted, { ...options, whileRunning: (dialect) => begun.push(dialect) });
		expect(begun).toEqual(["nftables"]);
	});
});
