import { containsPort } from "../domain/port.ts";
import { isReadHere } from "../policy/annotation-keys.ts";
import type { InboundPolicy } from "../policy/redirect-policy.ts";
import { wishesOfOthers } from "./existing-sidecar.ts";
import { type JsonObject, numberAt, objectAt, objectsAt, textAt } from "./json.ts";
import { isNativeSidecar, type Redirection } from "./redirection.ts";
import { hasPodResources, qualityWarnings } from "./resources.ts";

/** What is done as asked, but may not be what somebody wants. */
export function warningsFor(pod: JsonObject, redirection: Redirection): string[] {
	const spec = objectAt(pod, "spec");
	const containers = applicationContainers(spec);
	return [
		...containers.flatMap((container) => sharedIdentity(container, spec, redirection)),
		...containers.flatMap((container) => portWarnings(container, redirection)),
		...lifecycleWarnings(spec, redirection),
		...labelWarnings(objectAt(objectAt(pod, "metadata"), "labels")),
		...wishesOfOthers(pod),
		...qualityWarnings(pod, redirection),
		...(hasPodResources(pod)
			? [
					"the pod has resources of its own (spec.resources): the injected containers share them, and have no limits",
				]
			: []),
	];
}

/** Init containers too: those after a native sidecar have their traffic redirected. */
function applicationContainers(spec: JsonObject): JsonObject[] {
	return ["initContainers", "containers", "ephemeralContainers"].flatMap((key) => objectsAt(spec, key));
}

function sharedIdentity(container: JsonObject, spec: JsonObject, { policy }: Redirection): string[] {
	const { proxyUid, proxyGid } = policy.outbound;
	const id = (key: string) =>
		numberAt(objectAt(container, "securityContext"), key) ?? numberAt(objectAt(spec, "securityContext"), key);
	const bypasses = "so its outbound connections bypass the proxy";
	return [
		...(proxyUid !== undefined && id("runAsUser") === proxyUid
			? [`${nameOf(container)} runs as user ${proxyUid}, which is the proxy's, ${bypasses}`]
			: []),
		...(proxyGid !== undefined && id("runAsGroup") === proxyGid
			? [`${nameOf(container)} runs as group ${proxyGid}, which is the proxy's, ${bypasses}`]
			: []),
	];
}

function portWarnings(container: JsonObject, { policy, settings }: Redirection): string[] {
	const own = [policy.inbound.proxyPort, policy.outbound.proxyPort, settings.adminPort, settings.controlPort];
	return objectsAt(container, "ports").flatMap((port): string[] => {
		const number = numberAt(port, "containerPort") ?? 0;
		const protocol = textAt(port, "protocol") ?? "TCP";
		if (protocol !== "TCP") {
			return [`${protocol} port ${number} of ${nameOf(container)} is not redirected: only TCP is`];
		}
		if (own.some((taken) => taken === number)) {
			return [`${nameOf(container)} exposes port ${number}, which the proxy uses itself`];
		}
		return passesBy(number, policy.inbound)
			? [`${nameOf(container)} exposes port ${number}, whose inbound connections bypass the proxy`]
			: [];
	});
}

function passesBy(port: number, { portsToIgnore, portsToRedirect }: InboundPolicy): boolean {
	return (
		portsToIgnore.some((range) => containsPort(range, port)) ||
		(portsToRedirect.length > 0 && !portsToRedirect.some((listed) => listed === port))
	);
}

function lifecycleWarnings(spec: JsonObject, redirection: Redirection): string[] {
	const { config, settings } = redirection;
	const ends = (textAt(spec, "restartPolicy") ?? "Always") !== "Always";
	return [
		...(ends && !isNativeSidecar(redirection)
			? ["the pod is to end by itself, but the proxy does not: use a native sidecar"]
			: []),
		...(config.cniEnabled && !isNativeSidecar(redirection) && objectsAt(spec, "initContainers").length > 0
			? ["its init containers run before the proxy and find their connections redirected to nothing"]
			: []),
		...(config.cniEnabled && settings.closeWaitSeconds !== undefined
			? ["its close-wait timeout has no effect with the CNI plugin"]
			: []),
	];
}

/** Labels that would be followed as annotations: Istio's users know such words as labels. */
export function labelWarnings(labels: JsonObject): string[] {
	return Object.keys(labels)
		.filter(isReadHere)
		.map((name) => `label ${name} says nothing here: it is an annotation`);
}

function nameOf(container: JsonObject): string {
	return `container ${textAt(container, "name") ?? "without a name"}`;
}
