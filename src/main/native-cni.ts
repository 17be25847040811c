import { runPlugin } from "../cni/plugin.ts";
import type { ExitCode } from "../domain/exit-code.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";

/** The CNI plugin in the native program, in a bundle that is loaded when it is called by the plugin's name. */
export function main(functions: NativeFunctions, argv: readonly string[]): ExitCode {
	return runPlugin(createNativeHost(functions), argv);
}
