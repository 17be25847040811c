import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { restoreInput } from "../../../test/support/printed-rules.ts";
import type { CommandResult } from "../../host/host.ts";
import { createMemoryHost, type MemoryHost } from "../../host/memory.ts";
import { plan } from "../../rules/plan.ts";
import { iptablesBackend } from "./backend.ts";

const backend = iptablesBackend("nft");
const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
const rival = plan(policyFrom("-p 1 -o 2 -g 7"));
const refusal: CommandResult = { outcome: { kind: "exited", code: 1 }, stdout: "", stderr: "no\n" };

function setUp(host: MemoryHost) {
	return backend.setUp(host, wanted, { wait: false, counters: false }).families.map(({ outcome }) => outcome);
}

function restoresOf(host: MemoryHost): number {
	return host.commands.filter((command) => command.startsWith("iptables-nft-restore")).length;
}

/** Answers in turn; after the last one the fake kernel does. */
function interceptInTurn(
	host: MemoryHost,
	program: string,
	acts: readonly (() => CommandResult | undefined)[],
) {
	const left = [...acts];
	host.intercept(program, () => left.shift()?.());
}

describe("a transaction that is refused", () => {
	it("is tried again when others made our chains and removed them before we looked", () => {
		const host = createMemoryHost();
		interceptInTurn(host, "iptables-nft-restore", [() => refusal]);
		expect(setUp(host)).toEqual(["created", "created"]);
	});

	it("is believed the eighth time", () => {
		const host = createMemoryHost();
		host.intercept("iptables-nft-restore", () => refusal);
		expect(() => setUp(host)).toThrow(/ipv4: .*no .*ipv6 was put back as it was/);
		expect(restoresOf(host)).toBe(8);
	});

	it("is believed the eighth time when cleaning too", () => {
		const host = createMemoryHost();
		setUp(host);
		const before = restoresOf(host);
		host.intercept("iptables-nft-restore", () => refusal);
		expect(() => backend.tearDown(host, ["ipv4"])).toThrow("no (exit status 1)");
		expect(restoresOf(host) - before).toBe(8);
	});

	it("is not tried again when the tool was killed, since that is not about the table", () => {
		const host = createMemoryHost();
		host.intercept("iptables-nft-restore", () => ({ ...refusal, outcome: { kind: "timed-out" } }));
		expect(() => setUp(host)).toThrow("gave no answer");
		expect(restoresOf(host)).toBe(1);
	});
});

describe("a table that cannot be read after a refusal", () => {
	it("is the failure when the reading was cut short", () => {
		const host = createMemoryHost();
		setUp(host);
		host.intercept("iptables-nft-save", () => ({
			...refusal,
			outcome: { kind: "killed", signal: "SIGKILL" },
		}));
		expect(() => setUp(host)).toThrow("iptables-nft-save: was killed by SIGKILL");
	});

	it("adds nothing to the refusal when both were refused", () => {
		const host = createMemoryHost();
		for (const program of ["iptables-nft-restore", "iptables-nft-save"]) {
			host.intercept(program, () => ({ ...refusal, stderr: `${program}: no\n` }));
		}
		expect(() => setUp(host)).toThrow("iptables-nft-restore: no (exit status 1); ipv6 was put back");
	});
});

describe("a rival with another policy", () => {
	it("cannot leave one family to us and keep the other", () => {
		const host = createMemoryHost();
		const ipv4 = host.natTable("nft", "ipv4");
		const takeIpv4 = () => {
			ipv4.restore(
				restoreInput(rival, "ipv4")
					.replace(/-N (\S+)/g, ":$1 - [0:0]")
					.replace(/^-A (?:PRE|OUT).*\n/gm, ""),
			);
			return undefined;
		};
		backend.setUp(host, rival, { wait: false, counters: false });
		interceptInTurn(host, "ip6tables-nft-restore", [() => undefined, takeIpv4]);
		setUp(host);
		expect(backend.check(host, wanted).flatMap(({ drift }) => drift)).toEqual([]);
	});
});
