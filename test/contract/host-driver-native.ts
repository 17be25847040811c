import { createNativeHost, type NativeFunctions, type NativeProgram } from "../../src/host/native.ts";
import { drive } from "./host-driver.ts";

/** The whole of the program that `native/build.sh host-contract` builds. */
export function main(functions: NativeFunctions): NativeProgram {
	const host = createNativeHost(functions);
	return (_invokedAs, argv) => drive(host, argv);
}
