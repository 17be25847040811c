import { tableDialects } from "../domain/mode.ts";
import { createNativeHost, type NativeFunctions, type NativeProgram } from "../host/native.ts";
import { createRehearsal } from "../host/native-rehearsal.ts";
import { type OtherPrograms, runMultiCall } from "../init/multi-call.ts";
import type { main as seldomOnes } from "./native-seldom.ts";
import type { main as statusOnly } from "./native-status.ts";

/** What is called by the Rust program (native/src/program.rs). */
export function main(functions: NativeFunctions): NativeProgram {
	const host = createNativeHost(functions);
	const seldom = () => functions.bundle<typeof seldomOnes>("seldom")();
	const others: OtherPrograms = {
		help: (...rest) => seldom().help(...rest),
		overview: () => seldom().overview,
		probe: (...rest) => seldom().probe(...rest),
		advise: (...rest) => seldom().advise(...rest),
		clean: (rest) => seldom().clean(host, rest),
		status: (rest) => functions.bundle<typeof statusOnly>("status")(functions, rest),
	};
	return (invokedAs, argv) => runMultiCall(host, invokedAs, argv, others);
}

/**
 * What most runs are, done once when the program is built: what the engine makes at first use, and the memory that a run
 * needs, are then part of it (native/src/heap.rs), as are a new network namespace's tables (backend/iptables/legacy-table.ts).
 */
export function rehearse(): void {
	for (const mode of tableDialects) {
		const program = main(createRehearsal());
		if (program("shunt", ["init", "--iptables-mode", mode, ...policy]) !== 0) {
			throw new Error(`the rehearsal of mode ${mode} failed`);
		}
	}
}

/** What Linkerd's injector passes when nothing is configured. */
const policy: readonly string[] = [
	...["--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140", "--proxy-uid", "2102"],
	...["--inbound-ports-to-ignore", "4190,4191,4567,4568", "--outbound-ports-to-ignore", "4567,4568"],
];
