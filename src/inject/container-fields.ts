import { type Bounds, type ContainerResources, formatImage, resourceNames } from "../policy/setting-forms.ts";
import type { Image, InitConfig } from "./config.ts";
import { compact, type JsonObject } from "./json.ts";

export function imageFields({ name, version, pullPolicy }: Image): JsonObject {
	return { image: formatImage(name, version), imagePullPolicy: pullPolicy };
}

export function resourceFields(resources: ContainerResources): JsonObject {
	const amounts = (bound: keyof Bounds) =>
		compact(Object.fromEntries(resourceNames.map((name) => [name, resources[name]?.[bound]])));
	const [limits, requests] = [amounts("limit"), amounts("request")];
	const filled = Object.entries({ limits, requests }).filter(([, given]) => Object.keys(given).length > 0);
	return filled.length > 0 ? { resources: Object.fromEntries(filled) } : {};
}

/** As little as a container can have: what Kubernetes' "restricted" pod security standard asks for. */
export function restricted(uid: number, gid: number | undefined): JsonObject {
	return compact({
		allowPrivilegeEscalation: false,
		capabilities: { drop: ["ALL"] },
		readOnlyRootFilesystem: true,
		runAsGroup: gid,
		runAsNonRoot: true,
		runAsUser: uid,
		seccompProfile: { type: "RuntimeDefault" },
	});
}

/**
 * The init container's. It programs the kernel, which takes NET_ADMIN; the tools of iptables-legacy open a raw socket too.
 * Without root the image's program carries these two as file capabilities. The sysctl of the close-wait timeout lies below
 * /proc/sys, which only a privileged container may write.
 */
export function initSecurityContext(init: InitConfig, closeWaitSeconds: number): JsonObject {
	const privileged = init.privileged || closeWaitSeconds > 0;
	return {
		allowPrivilegeEscalation: privileged,
		capabilities: { add: init.tools ? ["NET_ADMIN", "NET_RAW"] : ["NET_ADMIN"], drop: ["ALL"] },
		privileged,
		readOnlyRootFilesystem: true,
		runAsGroup: init.runAsRoot ? 0 : orNobody(init.runAsGroup),
		runAsNonRoot: !init.runAsRoot,
		runAsUser: init.runAsRoot ? 0 : orNobody(init.runAsUser),
		seccompProfile: { type: "RuntimeDefault" },
	};
}

/** Root has to be asked for by `runAsRoot`; a bare 0 is what old values files say by default. */
function orNobody(id: number): number {
	return id === 0 ? 65_534 : id;
}
