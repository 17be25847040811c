import { runPlugin } from "../cni/plugin.ts";
import { usualEnvironment, usualInput } from "../cni/usual-call.ts";
import type { Dialect } from "../domain/mode.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { createRehearsal } from "../host/native-rehearsal.ts";

/** The native CNI plugin, called as the native program is (native/src/program.rs). */
export function main(functions: NativeFunctions, _invokedAs: string, argv: readonly string[]): number {
	return runPlugin(createNativeHost(functions), argv);
}

/** As in native.ts: an ADD of a stamped pod in every dialect, in a world that nothing touches. */
export function rehearse(): void {
	for (const mode of ["legacy", "nft", "nftables"] as const satisfies readonly Dialect[]) {
		const stdin = () => usualInput(mode);
		const variable = (name: string) => usualEnvironment[name];
		if (main({ ...createRehearsal(), stdin, variable }, "shunt-cni", []) !== 0) {
			throw new Error(`the rehearsal in mode ${mode} failed`);
		}
	}
}
