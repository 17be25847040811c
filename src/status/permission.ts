import { isHeld } from "../backend/capabilities.ts";
import { survey } from "../backend/tables.ts";
import type { Failure } from "../command/failure.ts";
import { exitCodes } from "../domain/exit-code.ts";
import type { Host } from "../host/host.ts";

/**
 * Why nothing can be seen here, where that is for want of permission: to whom nf_tables is closed it looks as though
 * there were none. Root of another user namespace than the network namespace's has the capability and is refused all the
 * same.
 */
export function lackOfPermission(host: Host): Failure | undefined {
	const refused = survey(host).hidden.find(
		({ subsystem, code }) => subsystem === "nf_tables" && code === "not-permitted",
	);
	if (refused === undefined) {
		return undefined;
	}
	return notPermitted(
		isHeld(host, "NET_ADMIN") === true
			? refused.why
			: "reading nat tables takes the capability NET_ADMIN in the namespace's user namespace",
	);
}

function notPermitted(message: string): Failure {
	return {
		exitCode: exitCodes.notPermitted,
		messages: [message, "run it as root, or in a pod with securityContext.capabilities.add: [NET_ADMIN]"],
	};
}

/**
 * Whether more permission would show the namespaces of processes that were not seen: the kernel wants SYS_PTRACE for it
 * (proc_ns_readlink, fs/proc/namespaces.c). Who has it and is refused all the same, as some sandboxes refuse to everybody
 * for their first process, can do nothing about it.
 */
export function maySeeProcesses(host: Host): boolean {
	return isHeld(host, "SYS_PTRACE") === true;
}
