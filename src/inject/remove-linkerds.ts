import { linkerdInjectAnnotation } from "../policy/annotation-keys.ts";
import { type JsonObject, objectAt } from "./json.ts";
import { remove, type Uninjected } from "./removal.ts";

/** What Linkerd's injector adds, the validator and the volume that its own `uninject` leaves behind among them. */
const containers = ["linkerd-init", "linkerd-proxy", "linkerd-network-validator", "linkerd-debug"];
const volumes = [
	"linkerd-proxy-init-xtables-lock",
	"linkerd-identity-end-entity",
	"linkerd-identity-token",
	"linkerd-podinfo",
];

const prefix = "linkerd.io/";

/** Linkerd's own control plane is made of such pods; its metadata is how Linkerd knows them. */
const controlPlaneLabel = "linkerd.io/control-plane-component";

/** Settings (`config.linkerd.io/…`) stay, as they do with Linkerd; without a proxy they say nothing. */
export function removeLinkerds(pod: JsonObject): Uninjected {
	const isControlPlane = Object.hasOwn(objectAt(objectAt(pod, "metadata"), "labels"), controlPlaneLabel);
	return remove(pod, {
		containers,
		volumes,
		isAnnotation: (name, value) =>
			!isControlPlane &&
			name.startsWith(prefix) &&
			!(name === linkerdInjectAnnotation && value === "disabled"),
		isLabel: (name) => !isControlPlane && name.startsWith(prefix),
	});
}
