import { type Family, families } from "../../src/domain/family.ts";
import type { Netns } from "./netns.ts";

/** A kernel interface with nat tables of its own. */
export type Dialect = "legacy" | "nft";

export const dialects: readonly Dialect[] = ["legacy", "nft"];

export const everyDialectAndFamily = dialects.flatMap((dialect) =>
	families.map((family) => ({ dialect, family })),
);

export function otherThan(dialect: Dialect): Dialect {
	return dialect === "legacy" ? "nft" : "legacy";
}

export function toolOf(dialect: Dialect, family: Family, verb: "restore" | "save"): string {
	return `${family === "ipv4" ? "iptables" : "ip6tables"}-${dialect}-${verb}`;
}

export function toolsOf(dialect: Dialect, family?: Family): string[] {
	return families
		.filter((each) => family === undefined || each === family)
		.flatMap((each) => [toolOf(dialect, each, "restore"), toolOf(dialect, each, "save")]);
}

/** Adds lines of `iptables-restore` input to a nat table. */
export function restore(netns: Netns, dialect: Dialect, family: Family, lines: readonly string[]): void {
	const wait = dialect === "legacy" ? ["-w"] : [];
	const input = ["*nat", ...lines, "COMMIT", ""].join("\n");
	netns.run(toolOf(dialect, family, "restore"), ["--noflush", ...wait], input);
}

/** What stands behind `-A CHAIN` in a table, in order. */
export function specsOf(table: readonly string[], chain: string): string[] {
	const start = `-A ${chain} `;
	return table.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

export function chainsOf(table: readonly string[]): string[] {
	return table.flatMap((line) => /^:(\S+)/.exec(line)?.[1] ?? []);
}

/** Both families' nat tables, IPv4's first. */
export function tablesOf(netns: Netns, dialect: Dialect): string[][] {
	return families.map((family) => netns.natTable(dialect, family));
}
