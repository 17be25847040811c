import type { ExitCode } from "../domain/exit-code.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { runStatus } from "../status/status.ts";

/** `shunt status` of the native program, in a bundle that is loaded when it is asked for. */
export function main(functions: NativeFunctions, argv: readonly string[]): ExitCode {
	return runStatus(createNativeHost(functions), argv);
}
