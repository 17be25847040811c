import type { MemoryNftables, NftTableName } from "./memory-nftables.ts";

/** How a run of nft ended: its exit status and what it printed. */
export interface NftRun {
	readonly code: 0 | 1;
	readonly stdout: string;
	readonly stderr: string;
}

/** `nft ARGS`, as far as anybody here calls it: `-f -`, `list ruleset`, `list table FAMILY NAME`, or a command. */
export function runNft(nftables: MemoryNftables, args: readonly string[], stdin: string): NftRun {
	const flags = args.filter((arg) => /^-[ajn]$/.test(arg));
	const rest = args.filter((arg) => !flags.includes(arg));
	if (rest.includes("--version")) {
		return printed("nft v1.0.6 (fake)\n");
	}
	if (rest[0] === "list") {
		return list(nftables, rest.slice(1), flags);
	}
	const complaint = nftables.apply(rest[0] === "-f" ? stdin : rest.join(" "));
	return complaint === undefined ? printed("") : refused(complaint);
}

function list(
	nftables: MemoryNftables,
	[object, family, name = ""]: readonly string[],
	flags: readonly string[],
) {
	const isKnown = family === "ip" || family === "ip6" || family === "inet";
	const table: NftTableName | undefined = object === "table" && isKnown ? { family, name } : undefined;
	const isThere = table === undefined || nftables.has(table);
	if (!isThere || (object !== "ruleset" && table === undefined)) {
		return refused(isThere ? "Error: syntax error, unexpected string" : "Error: No such file or directory");
	}
	const text = flags.includes("-a") ? nftables.listText(table) : withoutHandles(nftables.listText(table));
	return printed(flags.includes("-j") ? nftables.listJson(table) : text);
}

function withoutHandles(text: string): string {
	return text.replace(/ # handle \d+$/gm, "");
}

function printed(stdout: string): NftRun {
	return { code: 0, stdout, stderr: "" };
}

function refused(complaint: string): NftRun {
	return { code: 1, stdout: "", stderr: `${complaint}\n` };
}
