import { defaultMode, isIptables, type Mode, programOf } from "../domain/mode.ts";

/**
 * How the mode is said to the init container. The older three as Linkerd's injector says them, legacy by silence, so
 * that its proxy-init would understand the same arguments; newer ones by the flag that is made for it.
 */
export function modeArgs(mode: Mode): readonly string[] {
	if (mode === defaultMode) {
		return [];
	}
	if (!isIptables(mode)) {
		return ["--iptables-mode", mode];
	}
	const program = programOf(mode);
	return ["--firewall-bin-path", program, "--firewall-save-bin-path", `${program}-save`];
}
