import type { Mode } from "../domain/mode.ts";

/**
 * How the mode is said to the init container. The older three as Linkerd's injector says them, legacy by silence, so
 * that its proxy-init would understand the same arguments; newer ones by the flag that is made for it.
 */
export function modeArgs(mode: Mode): readonly string[] {
	switch (mode) {
		case "legacy":
			return [];
		case "nft":
			return ["--firewall-bin-path", "iptables-nft", "--firewall-save-bin-path", "iptables-nft-save"];
		case "plain":
			return ["--firewall-bin-path", "iptables", "--firewall-save-bin-path", "iptables-save"];
		default:
			return ["--iptables-mode", mode];
	}
}
