import { type JsonObject, objectsAt, textAt } from "./json.ts";
import { imageNames, ownContainers } from "./names.ts";

/** Whose containers a pod carries already, and the container that shows it. */
export interface ExistingSidecar {
	readonly owner: "Shunt" | "Linkerd" | "Istio";
	readonly container: string;
}

interface Mark {
	readonly owner: ExistingSidecar["owner"];
	readonly names: readonly string[];
	/** Beginnings of image names, without tag or digest. */
	readonly images: readonly string[];
}

/**
 * Images count as well as names, because people rename containers and mirror images, but seldom both. Our larger image
 * does not: the control plane runs from it too.
 */
const marks: readonly Mark[] = [
	{ owner: "Shunt", names: ownContainers, images: [imageNames.init] },
	{
		owner: "Linkerd",
		names: ["linkerd-proxy", "linkerd-init", "linkerd-network-validator"],
		images: ["cr.l5d.io/linkerd/proxy", "cr.l5d.io/linkerd/proxy-init", "gcr.io/linkerd-io/proxy"],
	},
	{
		owner: "Istio",
		names: ["istio-proxy", "istio-init", "istio-validation"],
		images: ["docker.io/istio/proxyv2", "istio/proxyv2", "gcr.io/istio-release/proxyv2"],
	},
];

/** Two redirections in one network namespace would feed each other. */
export function findSidecar(spec: JsonObject): ExistingSidecar | undefined {
	const containers = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")];
	for (const { owner, names, images } of marks) {
		const found = containers.find(
			(container) =>
				names.includes(textAt(container, "name") ?? "") ||
				images.includes(imageName(textAt(container, "image") ?? "")),
		);
		if (found !== undefined) {
			return { owner, container: textAt(found, "name") ?? "" };
		}
	}
	return undefined;
}

/** A colon after the last slash begins the tag; one before it, a port. */
function imageName(image: string): string {
	return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
