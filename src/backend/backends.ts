import { families } from "../domain/family.ts";
import { type Dialect, tableDialects } from "../domain/mode.ts";
import type { Scope } from "../rules/ruleset.ts";
import type { Backend, KernelTable } from "./backend.ts";
import { iptablesBackend } from "./iptables/backend.ts";
import { nftablesBackend } from "./nftables/backend.ts";

const backends: Readonly<Record<Dialect, Backend>> = {
	legacy: iptablesBackend("legacy"),
	nft: iptablesBackend("nft"),
	plain: iptablesBackend("plain"),
	nftables: nftablesBackend,
};

/** The code that speaks a dialect. */
export function backendOf(dialect: Dialect): Backend {
	return backends[dialect];
}

/**
 * The order in which `auto` tries: the most compatible of the living first, the dying one after it. A host that has its
 * tools under their plain names alone (RHEL's, Bottlerocket's) is served by those.
 */
export const autoOrder = ["nft", "nftables", "legacy", "plain"] as const satisfies readonly Dialect[];

const scopes: readonly Scope[] = [...families, "inet"];

/** Every table of the kernel in which rules of ours can be, once. */
export const kernelTables: readonly KernelTable[] = scopes.flatMap((scope) =>
	tableDialects.flatMap((dialect) => backendOf(dialect).tables.filter((table) => table.scope === scope)),
);
