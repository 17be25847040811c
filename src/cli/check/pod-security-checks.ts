import type { V1Namespace } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { type Check, withConfig } from "./check.ts";
import { injectableNamespaces, injectedContainers, outcomeOver } from "./injectable-namespaces.ts";
import { levelLabel, type StrictLevel, securityComplaints } from "./pod-security.ts";

interface Finding {
	readonly namespace: string;
	readonly level: StrictLevel;
	readonly reason: string;
}

/** Where a namespace asks for proxies and its Pod Security level refuses what they need, its controllers make no pods. */
export const levelsMet: Check = {
	id: "config-pod-security",
	description: "the namespaces that ask for proxies take them by their Pod Security levels",
	run: (context) =>
		withConfig(context, async (config) => {
			const namespaces = await injectableNamespaces(context.cluster);
			const findings = namespaces.flatMap((namespace) => findingsIn(namespace, config));
			return outcomeOver(namespaces, findings, {
				message: (howMany) =>
					`${howMany} refuse injected pods: make the rules with the CNI plugin (cniEnabled=true), or label them ${levelLabel}=privileged`,
				detail: ({ level, reason }) => `${level}: ${reason}`,
			});
		}),
};

function findingsIn(namespace: V1Namespace, config: InjectConfig): Finding[] {
	const level = namespace.metadata?.labels?.[levelLabel];
	if (level !== "baseline" && level !== "restricted") {
		return [];
	}
	// A hardened namespace that asks for nothing is no mistake.
	return injectedContainers(namespace, config, { whenUnannotated: "skip" })
		.flatMap((container) => securityComplaints(level, container))
		.map((reason) => ({ namespace: namespace.metadata?.name ?? "", level, reason }));
}
