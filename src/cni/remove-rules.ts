import { BackendError } from "../backend/backend-error.ts";
import { removeEverything } from "../backend/leftovers.ts";
import type { Logger } from "../command/logger.ts";
import { type Host, HostError } from "../host/host.ts";
import { CniError } from "./cni-error.ts";
import type { CniEnvironment } from "./environment.ts";
import { enterPod } from "./pod-netns.ts";

/**
 * Takes our rules out of a network namespace that outlives the pod. Most do not, and then there is nothing to do: rules go
 * with their namespace. DEL is best effort, and a runtime that is told of a failure never gets rid of the pod: whatever
 * is in the way is logged.
 */
export function removeRules(host: Host, environment: CniEnvironment, log: Logger): void {
	if (environment.netns === "" || host.fileIdentity(environment.netns) === undefined) {
		log.debug("the network namespace has gone, and the rules with it");
		return;
	}
	try {
		enterPod(host, environment);
		const { leftovers, hidden } = removeEverything(host);
		for (const { dialect, scope, failure } of leftovers) {
			if (failure === undefined) {
				log.info(`removed the ${scope} rules of mode ${dialect}`);
			} else {
				log.warn(`the ${scope} rules of mode ${dialect} stay: ${failure.message}`);
			}
		}
		for (const { dialect, scope, why } of hidden) {
			log.warn(`whether there are ${scope} rules of mode ${dialect} could not be seen: ${why}`);
		}
	} catch (error) {
		if (error instanceof CniError || error instanceof HostError || error instanceof BackendError) {
			log.warn(`the rules stay: ${error.message}`);
			return;
		}
		throw error;
	}
}
