import type { ContainerResources } from "../policy/container-resources.ts";
import type { PodSettings } from "../policy/pod-policy-settings.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { Image, ProxyConfig } from "./config.ts";
import { imageFields } from "./image-fields.ts";
import type { JsonObject } from "./json.ts";
import { containerNames } from "./names.ts";
import { probeFields } from "./proxy-probes.ts";
import { type ProxyPorts, programFields } from "./proxy-program.ts";
import { resourceFields } from "./resource-fields.ts";
import { restricted } from "./security-context.ts";

export interface ProxyRequest {
	readonly policy: RedirectPolicy;
	readonly settings: PodSettings;
	readonly proxy: ProxyConfig;
	readonly ports: ProxyPorts;
	readonly nativeSidecar: boolean;
	readonly resources: ContainerResources;
}

/** The proxy, of whichever kind, under the user whose own connections the rules let pass. */
export function proxyContainer(request: ProxyRequest): JsonObject {
	const { policy, settings, proxy, ports, nativeSidecar, resources } = request;
	const { proxyUid = 0, proxyGid } = policy.outbound;
	return {
		name: containerNames.proxy,
		...imageFields(imageOf(proxy.image, settings)),
		...programFields(proxy, policy.families, ports),
		ports: [
			{ name: "shunt-inbound", containerPort: ports.inbound, protocol: "TCP" },
			{ name: "shunt-admin", containerPort: ports.admin, protocol: "TCP" },
		],
		...probeFields(proxy, ports.admin, nativeSidecar),
		...resourceFields(resources),
		// An init container that Kubernetes starts first, keeps running, and ends last (KEP-753).
		...(nativeSidecar ? { restartPolicy: "Always" } : {}),
		securityContext: restricted(proxyUid, proxyGid),
		terminationMessagePolicy: "FallbackToLogsOnError",
	};
}

function imageOf(image: Image, { image: wish }: PodSettings): Image {
	return {
		name: wish.name ?? image.name,
		version: wish.version ?? image.version,
		pullPolicy: wish.pullPolicy ?? image.pullPolicy,
	};
}
