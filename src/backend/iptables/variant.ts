import type { Family } from "../../domain/family.ts";
import type { Dialect } from "../../domain/mode.ts";

/** The dialects that are iptables in one form or another. */
export type Variant = Exclude<Dialect, "nftables">;

/** The names under which distributions install one variant's tools for one family. */
export interface Tools {
	readonly restore: string;
	readonly save: string;
}

/** Both variants read and print the same language; only the programs' names tell which kernel interface they use. */
export function toolsOf(variant: Variant, family: Family): Tools {
	const base = `${family === "ipv4" ? "iptables" : "ip6tables"}${infix[variant]}`;
	return { restore: `${base}-restore`, save: `${base}-save` };
}

const infix: Record<Variant, string> = { legacy: "-legacy", nft: "-nft", plain: "" };

/**
 * The nft variant has no lock to wait for: the kernel orders its transactions (iptables-nft(8)). `plain` may be
 * either, and its nft form accepts the option and ignores it.
 */
export function takesWaitFlag(variant: Variant): boolean {
	return variant !== "nft";
}
