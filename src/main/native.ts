import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { runMultiCall } from "../init/multi-call.ts";

/** Called by the Rust program (native/src/program.rs) with `argv[0]` apart, and answers with the exit status. */
export function main(functions: NativeFunctions, invokedAs: string, argv: readonly string[]): number {
	return runMultiCall(createNativeHost(functions), invokedAs, argv, {
		status: (rest) => functions.bundle("status")(functions, rest),
	});
}
