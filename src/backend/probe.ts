import type { Family } from "../domain/family.ts";
import { type Mode, modes } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { BackendError } from "./backend-error.ts";
import { openToolbox } from "./iptables/tools.ts";

/**
 * The modes that would work in this network namespace, found by doing: each is given one transaction that makes a
 * chain with every kind of rule we write and deletes it again, so that the kernel has to know them all and nothing
 * remains.
 */
export function workingModes(host: Host, families: readonly Family[]): Mode[] {
	return modes.filter((mode) => works(host, mode, families));
}

function works(host: Host, mode: Mode, families: readonly Family[]): boolean {
	try {
		const tools = openToolbox(host, mode, families, { wait: false });
		const failures = tools.restore(families.map((family) => ({ family, input: probe })));
		return failures.every((failure) => failure === undefined);
	} catch (error) {
		if (error instanceof BackendError) {
			return false;
		}
		throw error;
	}
}

const probe = `*nat
-N SHUNT_PROBE
-A SHUNT_PROBE -m owner --uid-owner 1 -m comment --comment "shunt/probe" -j RETURN
-A SHUNT_PROBE -p tcp -m multiport --dports 1,2:3 -j RETURN
-A SHUNT_PROBE -p tcp -m tcp --dport 1 -j REDIRECT --to-ports 1
-F SHUNT_PROBE
-X SHUNT_PROBE
COMMIT
`;
