import { describe, expect, it } from "vitest";
import { kernelLack } from "./kernel-lack.ts";

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
