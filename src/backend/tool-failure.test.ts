import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { createMemoryHost } from "../host/memory.ts";
import { toolFailure } from "./tool-failure.ts";

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
	const port = "iptables-nft-restore v1.8.9 (nf_tables): invalid port/service `5000:5010' specified";
	const warning = (name: string) =>
		`Warning: Extension ${name} revision 0 not supported, missing kernel module?`;
	const pointing = (line: string, word: string) =>
		`/dev/stdin:4:1-9: Error: Could not process rule: No such file or directory\n${line}\n${" ".repeat(line.indexOf(word))}${"^".repeat(word.length)}`;
	const legacy = "iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'nat'";

	it.each([
		[
			"iptables-nft-restore/1.8.9 (nf_tables) Failed to initialize nft: Protocol not supported",
			"has no nf_tables",
		],
		[
			`${warning("multiport")}\niptables-nft-restore v1.8.9 (nf_tables): Could not fetch rule set generation id: Invalid argument`,
			"has no nf_tables",
		],
		[`${warning("multiport")}\n${port}`, "lacks xt_multiport"],
		[
			`${warning("owner")}\niptables-nft-restore v1.8.9 (nf_tables): \nline 7: RULE_APPEND failed (No such file or directory): rule in chain PROXY_INIT_OUTPUT`,
			"lacks xt_owner",
		],
		[
			"iptables-nft-restore v1.8.11 (nf_tables): \nline 5: RULE_APPEND failed (No such file or directory): rule in chain PREROUTING",
			"lacks a module behind this rule",
		],
		[
			"iptables-nft-restore v1.8.9 (nf_tables): \nline 9: CHAIN_ADD failed (No such file or directory): chain PREROUTING",
			"lacks nft_chain_nat",
		],
		[
			`${warning("REDIRECT")}\niptables-nft-restore v1.8.9 (nf_tables): \nline 6: RULE_APPEND failed (No such file or directory): rule in chain PROXY_INIT_REDIRECT\nline 9: CHAIN_ADD failed (No such file or directory): chain PREROUTING`,
			"lacks nf_nat",
		],
		[pointing("		meta l4proto tcp redirect to :4143", "redirect"), "lacks nft_redir"],
		[pointing("		meta l4proto tcp counter return", "counter"), "lacks nft_counter"],
		[pointing("		type nat hook prerouting priority -100; policy accept;", "nat"), "lacks nft_chain_nat"],
		[pointing("	chain prerouting {", "prerouting"), "lacks nft_chain_nat"],
		[
			"ip6tables-save v1.8.7 (legacy): Cannot initialize: iptables who? (do you need to insmod?)",
			"has no ip6_tables with a nat table",
		],
		[legacy, "has no ip_tables with a nat table"],
		[
			`${warning("comment")}\niptables-restore v1.8.9 (legacy): iptables-restore: line 13 failed`,
			"lacks xt_comment",
		],
	])("is said where the tool leaves no doubt: %s", (stderr, lack) => {
		expect(failureOf(stderr)?.message).toMatch(new RegExp(`^kernel ${lack}: `));
		expect(failureOf(stderr)?.lack?.text).toBe(`kernel ${lack}`);
	});

	it.each([
		"iptables-restore v1.8.9 (legacy): line 3 failed",
		"iptables-nft-restore v1.8.9 (nf_tables): unable to initialize table 'nat'",
		"nft: Error: Could not process rule: No such file or directory",
		pointing("add rule inet other chain accept", "other"),
		"/dev/stdin:1:1-9: Error: Could not process rule: Operation not supported",
		"iptables-nft-restore v1.8.9 (nf_tables): Chain 'PROXY_INIT_OUTPUT' does not exist",
		"iptables-nft-restore v1.8.9 (nf_tables): line 4: RULE_APPEND failed (Invalid argument): rule in chain X",
		"",
	])("is not guessed from what may mean something else: %s", (stderr) => {
		expect(failureOf(stderr)?.lack).toBeUndefined();
	});

	it("is nf_tables itself where the kernel lists no tables, whatever extension a tool complains of", () => {
		const host = { ...createMemoryHost(), nftTables: () => undefined, hiddenNftTables: () => undefined };
		expect(failureOf(`${warning("multiport")}\n${port}`, host)?.lack?.text).toBe("kernel has no nf_tables");
	});

	it("is quoted with the tool's error, not with its warning", () => {
		expect(failureOf(`${warning("multiport")}\n${port}`)?.message).toBe(
			`kernel lacks xt_multiport: ${port} (exit status 1)`,
		);
	});
});

function failureOf(stderr: string, host: Host = { ...createMemoryHost(), nftTables: () => [] }) {
	const tool =
		/^(ip6?tables(?:-nft)?-(?:restore|save))/m.exec(stderr)?.[1] ??
		(stderr.includes("/dev/stdin") ? "nft" : "iptables-legacy-restore");
	const command = { argv: [`/usr/sbin/${tool}`], timeoutMs: 1000 } as const;
	return toolFailure(host, command, { outcome: { kind: "exited", code: 1 }, stdout: "", stderr });
}

describe("want of permission", () => {
	const netAdmin = (1n << 12n).toString(16);
	const both = ((1n << 12n) | (1n << 13n)).toString(16);
	const command = { argv: ["/usr/sbin/iptables-legacy-restore", "--noflush"], timeoutMs: 1000 } as const;
	const table = "iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'nat'";
	const lock = "Fatal: can't open lock file /run/xtables.lock: Read-only file system";

	function failure(stderr: string, status: string | undefined, isRefused = false) {
		const host = createMemoryHost(
			isRefused ? { hiddenNftTables: { why: "operation not permitted", code: "not-permitted" } } : {},
		);
		host.files.clear();
		if (status !== undefined) {
			host.files.set("/proc/self/status", status);
		}
		const outcome = { kind: "exited", code: 4 } as const;
		return toolFailure(host, command, { outcome, stdout: "", stderr });
	}

	const process = (effective: string, bounding = effective) =>
		`CapEff:\t${effective}\nCapBnd:\t${bounding}\nNoNewPrivs:\t0\n`;

	it.each([
		["not where it has all", process(both), false, "refused"],
		["where it has no NET_RAW, which the legacy variant takes", process(netAdmin), false, "not-permitted"],
		["where it has nothing", process("0"), false, "not-permitted"],
		["not where the program may bring it", process("0", both), false, "refused"],
		["where the namespace is another user namespace's", process(both), true, "not-permitted"],
		["not where nothing tells", undefined, false, "refused"],
	])("is why a table cannot be had %s", (_, status, isRefused, code) => {
		expect(failure(table, status, isRefused)?.code).toBe(code);
	});

	it("comes before the lock, which is of no use without", () => {
		expect(failure(lock, process("0"))).toMatchObject({ code: "not-permitted", obstacle: undefined });
		expect(failure(lock, process(both))).toMatchObject({ code: "refused", obstacle: "no-lock" });
	});
});
