import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory.ts";
import { kernelLack, toolFailure } from "./tool-failure.ts";

function said(stderr: string, code = 1): string | undefined {
	const command = { argv: ["/usr/sbin/iptables-nft-restore", "--noflush"], timeoutMs: 1000 } as const;
	const result = { outcome: { kind: "exited", code }, stdout: "", stderr } as const;
	return toolFailure(createMemoryHost(), command, result)?.message;
}

describe("what a failed tool is quoted with", () => {
	it.each([
		[
			"its first line",
			"iptables-nft-restore: line 2 failed\nand more\n",
			"iptables-nft-restore: line 2 failed",
		],
		["its name where it does not say it", "line 2 failed\n", "iptables-nft-restore: line 2 failed"],
		[
			"no warnings",
			"# Warning: legacy tables present\n\nline 2 failed\n",
			"iptables-nft-restore: line 2 failed",
		],
		[
			"the next line where the first is only its name",
			"iptables-nft-restore v1.8.9 (nf_tables): \nline 4: RULE_APPEND failed (Invalid argument): rule in chain X\n",
			"iptables-nft-restore v1.8.9 (nf_tables): line 4: RULE_APPEND failed (Invalid argument): rule in chain X",
		],
		["something even when it says nothing", "", "iptables-nft-restore: no message"],
	])("%s", (_what, stderr, message) => {
		expect(said(stderr)).toBe(`${message} (exit status 1)`);
	});

	it("is nothing when it did not fail", () => {
		expect(said("# Warning: legacy tables present\n", 0)).toBeUndefined();
	});
});

describe("what the kernel lacks", () => {
	it.each([
		["iptables-nft-restore/1.8.9 (nf_tables) Failed to initialize nft: Protocol not supported", "nf_tables"],
		[
			"ip6tables-save v1.8.7 (legacy): Cannot initialize: iptables who? (do you need to insmod?)",
			"ip_tables",
		],
		[
			"iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'nat'",
			"ip_tables with a nat table",
		],
	])("is said where the tool leaves no doubt: %s", (line, lack) => {
		expect(kernelLack(line)).toContain(lack);
	});

	it.each([
		"iptables-restore v1.8.9 (legacy): line 3 failed",
		"iptables-nft-restore v1.8.9 (nf_tables): unable to initialize table 'nat'",
		"nft: Error: Could not process rule: No such file or directory",
		"iptables-nft-restore v1.8.9 (nf_tables): Chain 'PROXY_INIT_OUTPUT' does not exist",
		"iptables-nft-restore v1.8.9 (nf_tables): line 4: RULE_APPEND failed (Invalid argument): rule in chain X",
		"",
	])("is not guessed from what may mean something else: %s", (line) => {
		expect(kernelLack(line)).toBeUndefined();
	});
});
