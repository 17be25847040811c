import { formatAddress, parseAddress } from "../domain/cidr.ts";
import { type JsonObject, numberAt, objectAt, objectsAt, textAt } from "../inject/json.ts";
import { containerNames } from "../inject/names.ts";
import type { Sender } from "./packet.ts";

const proxies: ReadonlySet<string> = new Set([containerNames.proxy, "linkerd-proxy"]);

/** Whom the pod's first container runs as that is not the proxy; a container's own word counts more than the pod's. */
export function senderOf(pod: JsonObject): Sender {
	const spec = objectAt(pod, "spec");
	const application = objectsAt(spec, "containers").find(({ name }) => !proxies.has(`${name}`));
	const uid = application === undefined ? undefined : identityOf(application, spec, "runAsUser");
	const gid = application === undefined ? undefined : identityOf(application, spec, "runAsGroup");
	const addresses = addressesOf(pod);
	return {
		...(uid === undefined ? {} : { uid }),
		...(gid === undefined ? {} : { gid }),
		...(addresses.length === 0 ? {} : { addresses }),
	};
}

/** A running pod's, as `kubectl get pod -o yaml` shows them. */
function addressesOf(pod: JsonObject): readonly string[] {
	return objectsAt(objectAt(pod, "status"), "podIPs").flatMap((entry) => {
		const address = parseAddress(textAt(entry, "ip") ?? "");
		return address === undefined ? [] : [formatAddress(address)];
	});
}

export function identityOf(
	container: JsonObject,
	spec: JsonObject,
	key: "runAsUser" | "runAsGroup",
): number | undefined {
	return (
		numberAt(objectAt(container, "securityContext"), key) ?? numberAt(objectAt(spec, "securityContext"), key)
	);
}

/** The proxy's container, as whoever injected it called it. */
export function proxyOf(pod: JsonObject): JsonObject | undefined {
	const spec = objectAt(pod, "spec");
	return [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].find((container) =>
		proxies.has(textAt(container, "name") ?? ""),
	);
}
