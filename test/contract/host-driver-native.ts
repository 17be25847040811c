import { createNativeHost, type NativeFunctions } from "../../src/host/native.ts";
import { drive } from "./host-driver.ts";

/** The whole of the program that `native/build.sh host-contract` builds. */
export function main(functions: NativeFunctions, _invokedAs: string, argv: readonly string[]): number {
	return drive(createNativeHost(functions), argv);
}
