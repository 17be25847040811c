import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { createMemoryHost } from "../host/memory.ts";
import { MemoryXtables } from "../host/memory-xtables.ts";
import { plan } from "../rules/plan.ts";
import { BackendError, caught } from "./backend-error.ts";
import { backendOf } from "./backends.ts";
import { byWay, eitherWay } from "./either-way.ts";
import { KernelFailure } from "./kernel-failure.ts";

const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
const options = { wait: false, counters: false };

function throwing(error: unknown): () => never {
	return () => {
		throw error;
	};
}

const noTool = new BackendError("missing-tool", "nft: not found in PATH");

describe("what the kernel says decides whether a tool is asked", () => {
	it("is not where it is done", () => {
		expect(eitherWay({ kernel: () => 1, tools: throwing(noTool) })).toEqual({ via: "kernel", result: 1 });
	});

	it.each([
		["of its own", () => new KernelFailure(22, "invalid")],
		["that it has nothing to speak to", () => new KernelFailure(93, "no netlink")],
		["that cannot be read", () => new KernelFailure(undefined, "silence")],
	])("is where the kernel has a reason %s", (_, failure) => {
		expect(eitherWay({ kernel: throwing(failure()), tools: () => 2 })).toEqual({ via: "tools", result: 2 });
	});

	it("is in a dialect that only its programs know", () => {
		expect(eitherWay({ kernel: undefined, tools: () => 3 })).toEqual({ via: "tools", result: 3 });
	});

	it.each([
		["may not", new KernelFailure(1, "operation not permitted")],
		["waits for a lock", new BackendError("no-answer", "held")],
		["has a bug", new TypeError("bug")],
	])("is not where one %s", (_, error) => {
		expect(() => eitherWay({ kernel: throwing(error), tools: () => 4 })).toThrow(error);
	});
});

describe("where no tool can be asked instead", () => {
	it("a refusal is what there is to say", () => {
		const refusal = new KernelFailure(
			2,
			'rule "x": no such file or directory (ENOENT), at match "multiport"',
		);
		expect(caught(() => eitherWay({ kernel: throwing(refusal), tools: throwing(noTool) }))).toMatchObject({
			code: "refused",
			message: `${refusal.message}; no tool could be asked instead: nft: not found in PATH`,
		});
	});

	it("a lock that is not to be had is said before the permission that the tools alone take", () => {
		const refusal = new BackendError("refused", "the xtables lock", { obstacle: "no-lock" });
		const noRaw = new BackendError("not-permitted", "iptables-save: you must be root");
		expect(caught(() => eitherWay({ kernel: throwing(refusal), tools: throwing(noRaw) }))).toBe(refusal);
	});

	it("a kernel with nothing to speak to needs one", () => {
		const lack = new KernelFailure(93, "nf_tables: netlink: protocol not supported (EPROTONOSUPPORT)");
		expect(caught(() => eitherWay({ kernel: throwing(lack), tools: throwing(noTool) }))).toMatchObject({
			code: "missing-tool",
			message: `nft: not found in PATH, and the kernel says: ${lack.message}`,
		});
	});

	it("what a tool says against it counts", () => {
		const said = new BackendError("refused", "iptables-restore: line 3 failed");
		const lack = new KernelFailure(93, "no netlink");
		expect(caught(() => eitherWay({ kernel: throwing(lack), tools: throwing(said) }))).toBe(said);
	});
});

describe("a host that keeps to one way", () => {
	const xtables = () => new MemoryXtables().ask;

	it("leaves everything to the tools, their lock too", () => {
		const host = createMemoryHost({ xtables: xtables(), heldLocks: ["/run/xtables.lock"] });
		const result = backendOf("legacy").setUp(byWay(host, "tools"), wanted, options);
		expect(result.via).toBe("tools");
		expect(host.natTable("legacy", "ipv4").save()).toContain("PROXY_INIT_OUTPUT");
	});

	it("starts no program", () => {
		const host = createMemoryHost({ xtables: xtables() });
		expect(backendOf("legacy").setUp(byWay(host, "kernel"), wanted, options).via).toBe("kernel");
		expect(host.commands).toEqual([]);
		const failure = caught(() => backendOf("nft").setUp(byWay(host, "kernel"), wanted, options));
		expect(failure?.message).toContain("not found in PATH (where none is looked for: --transport kernel)");
	});

	it("takes the kernel first where it is not told", () => {
		const host = createMemoryHost({ xtables: xtables() });
		expect(backendOf("legacy").setUp(byWay(host, "auto"), wanted, options).via).toBe("kernel");
		expect(backendOf("nft").setUp(byWay(host, "auto"), wanted, options).via).toBe("tools");
	});
});
