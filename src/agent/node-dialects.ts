import { autoOrder } from "../backend/backends.ts";
import { impatient } from "../backend/impatient.ts";
import { tryDialects } from "../backend/probe.ts";
import type { PluginConfig } from "../cni/plugin-config.ts";
import { rulesHost } from "../cni/plugin-host.ts";
import { families } from "../domain/family.ts";
import type { NodeDialects } from "../domain/node-dialects.ts";
import type { Host } from "../host/host.ts";
import type { Visit } from "../linux/netns.ts";

/** Of Linkerd's proxy and ours; the trial's rule is about some user. */
const usualProxyUid = 2102;

/**
 * Tries every dialect in a network namespace that is made for it, and so leaves nothing behind. Throws HostError where
 * none can be made. A dialect counts that serves both address families, as pods may have either. Undefined where another program
 * holds the xtables lock, so that nobody knows.
 */
export function findDialects(
	host: Host,
	config: PluginConfig,
	travel: <T>(journey: (visit: Visit) => T) => T,
): NodeDialects | undefined {
	const uid = config.linkerd?.defaults.policy.outbound.proxyUid ?? usualProxyUid;
	const trials = travel((visit) =>
		visit(undefined, () => tryDialects(impatient(rulesHost(host, config)), { families, uid })),
	);
	if (trials.some(({ failure }) => failure?.obstacle === "held-lock")) {
		return undefined;
	}
	const working = trials.flatMap(({ dialect, failure }) => (failure === undefined ? [dialect] : []));
	return {
		kernel: host.kernelRelease(),
		mode: autoOrder.find((dialect) => working.includes(dialect)),
		working,
		failures: Object.fromEntries(
			trials.flatMap(({ dialect, failure }) => (failure === undefined ? [] : [[dialect, failure.message]])),
		),
	};
}
