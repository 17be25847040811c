import { refuseInitialNetns } from "../command/netns.ts";
import { type Host, HostError } from "../host/host.ts";
import { CniError, errorCodes } from "./cni-error.ts";
import type { CniEnvironment } from "./environment.ts";

/**
 * Goes into the pod's network namespace, for good. Never into the one that the plugin was called in, which is the node's,
 * nor into the machine's initial one: its own traffic would be redirected. Code 3 ("container unknown") would be wrong
 * for one that has gone: with it the runtime is to clean nothing up, and the plugins before have something to clean up.
 * Throws a {@link CniError}.
 */
export function enterPod(host: Host, { netns, mayBeOwnNetns }: CniEnvironment): void {
	const identity = host.fileIdentity(netns);
	if (!mayBeOwnNetns && identity !== undefined && identity === host.ownNetns()) {
		throw new CniError(
			errorCodes.invalidNetns,
			`CNI_NETNS: ${netns} is the namespace that the plugin runs in`,
		);
	}
	try {
		host.enterNetns(netns);
	} catch (error) {
		if (error instanceof HostError) {
			throw new CniError(errorCodes.invalidNetns, `CNI_NETNS: ${error.message}`);
		}
		throw error;
	}
	if (!mayBeOwnNetns && refuseInitialNetns(host, undefined) !== undefined) {
		throw new CniError(
			errorCodes.invalidNetns,
			`CNI_NETNS: ${netns} is the machine's initial network namespace`,
		);
	}
}
