import type { Dialect } from "../domain/mode.ts";
import type { Backend } from "./backend.ts";
import { iptablesBackend } from "./iptables/iptables.ts";
import { nftablesBackend } from "./nftables/nftables.ts";

/** The code that speaks a dialect. */
export function backendOf(dialect: Dialect): Backend {
	return dialect === "nftables" ? nftablesBackend : iptablesBackend(dialect);
}
