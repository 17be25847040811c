import { runPlugin } from "../cni/plugin.ts";
import { usualEnvironment, usualInput } from "../cni/usual-call.ts";
import { tableDialects } from "../domain/mode.ts";
import { createNativeHost, type NativeFunctions, type NativeProgram } from "../host/native.ts";
import { createRehearsal } from "../host/native-rehearsal.ts";

/** The native CNI plugin, called as the native program is (native/src/program.rs). */
export function main(functions: NativeFunctions): NativeProgram {
	const host = createNativeHost(functions);
	return (_invokedAs, argv) => runPlugin(host, argv);
}

/** As in native.ts: an ADD of a stamped pod in every dialect, in a world that nothing touches. */
export function rehearse(): void {
	for (const mode of tableDialects) {
		const stdin = () => usualInput(mode);
		const variable = (name: string) => usualEnvironment[name];
		if (main({ ...createRehearsal(), stdin, variable })("shunt-cni", []) !== 0) {
			throw new Error(`the rehearsal in mode ${mode} failed`);
		}
	}
}
