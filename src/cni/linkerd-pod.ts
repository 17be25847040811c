import type { PortRange } from "../domain/port.ts";
import { formatPortRange } from "../domain/port.ts";
import { distinct } from "../policy/annotation-list.ts";
import type { Annotations } from "../policy/annotations.ts";
import { type PodPolicy, resolvePodPolicy } from "../policy/pod-policy.ts";
import type { LinkerdSettings } from "./linkerd-config.ts";
import type { PodArgs } from "./pod-args.ts";

/**
 * Linkerd's injector, its command line and its charts leave this on every pod that has a proxy, and on nothing else
 * (injectObjectMeta in pkg/inject/inject.go, partials.proxy.annotations in charts/partials of linkerd/linkerd2).
 */
const proxyVersion = "linkerd.io/proxy-version";

/** Which of the three it was; the injector's begins with `linkerd/proxy-injector` (controller/proxy-injector/webhook.go). */
const createdBy = "linkerd.io/created-by";

/** Whether a pod has Linkerd's proxy in it, as far as annotations tell. */
export function hasLinkerdProxy(annotations: Annotations): boolean {
	return isNonEmpty(annotations, proxyVersion);
}

/**
 * The pod's policy. The injector has copied the namespace's annotations to the pod (AppendNamespaceAnnotations), so that
 * the pod's are all. Beyond linkerd-cni, which leaves them out, the proxy's ports are read too: a proxy that listens
 * elsewhere would be missed. Words that linkerd-cni drops are mistakes here.
 */
export function linkerdPolicy(
	annotations: Annotations,
	pod: PodArgs,
	{ defaults }: LinkerdSettings,
	apiServerPorts: readonly PortRange[],
): PodPolicy {
	const { policy } = defaults;
	const resolved = resolvePodPolicy({
		defaults,
		namespace: undefined,
		pod: annotations,
		whenUnannotated: "redirect",
	});
	if (resolved.kind !== "redirect" || !isOfControlPlane(annotations, pod)) {
		return resolved;
	}
	const { outbound } = resolved.policy;
	const portsToIgnore = distinct([...outbound.portsToIgnore, ...apiServerPorts], formatPortRange);
	return {
		...resolved,
		policy: { ...resolved.policy, families: policy.families, outbound: { ...outbound, portsToIgnore } },
	};
}

/**
 * The control plane reaches the API server past its proxies, which cannot start without it. linkerd-cni knows its pods by a
 * label, and labels are not handed to plugins; these three Deployments have a proxy that no injector put there
 * (charts/linkerd-control-plane/templates).
 */
function isOfControlPlane(annotations: Annotations, { name }: PodArgs): boolean {
	const author = annotations[createdBy];
	const isInjected = typeof author === "string" && author.startsWith("linkerd/proxy-injector");
	return !isInjected && /^linkerd-(?:destination|identity|proxy-injector)-/.test(name ?? "");
}

function isNonEmpty(annotations: Annotations, name: string): boolean {
	const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
	return typeof value === "string" && value !== "";
}
