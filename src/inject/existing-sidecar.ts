import { annotationsOf, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { imageNames, ownContainers } from "./names.ts";

/** Whose redirection a pod has already, and what in it shows that. */
export interface ExistingSidecar {
	readonly owner: string;
	readonly code: (typeof marks)[number]["code"];
	readonly sign: string;
}

interface Mark {
	readonly owner: string;
	/** For metrics. */
	readonly code: string;
	readonly names: readonly string[];
	/** Names of which there is one for each service of a pod, with a dash and the service behind. */
	readonly stems?: readonly string[];
	/** The last parts of image names, whichever registry they come from, without tag or digest. */
	readonly images: readonly string[];
	/** What its injector writes on a pod, as `name: value`. */
	readonly annotations?: Readonly<Record<string, string>>;
	readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Images count as well as names, because people rename containers and mirror images, but seldom both. An image that a
 * control plane or a gateway runs from too does not, as our larger one: these have no redirection.
 *
 * Names and annotations as the injectors' sources have them: kumahq/kuma pkg/plugins/runtime/k8s (names in util, the
 * annotation in metadata); hashicorp/consul-k8s control-plane/connect-inject (constants, webhook); openservicemesh/osm
 * pkg/constants; aws/aws-app-mesh-controller-for-k8s pkg/inject/init_proxy.go; NGINX Service Mesh's list of images;
 * Istio's label and annotation of the ambient mode from istio.io/api.
 */
const marks = [
	{ owner: "Shunt", code: "injected-by-shunt", names: ownContainers, images: [imageNames.init] },
	{
		owner: "Linkerd",
		code: "injected-by-linkerd",
		names: ["linkerd-proxy", "linkerd-init", "linkerd-network-validator"],
		images: ["linkerd/proxy", "linkerd/proxy-init", "linkerd-io/proxy"],
	},
	{
		owner: "Istio",
		code: "injected-by-istio",
		names: ["istio-proxy", "istio-init", "istio-validation"],
		images: ["istio/proxyv2", "istio-release/proxyv2"],
		annotations: { "ambient.istio.io/redirection": "enabled" },
		labels: { "istio.io/dataplane-mode": "ambient" },
	},
	{
		owner: "Kuma",
		code: "injected-by-kuma",
		names: ["kuma-sidecar", "kuma-init", "kuma-validation"],
		images: ["kuma-init"],
		annotations: { "kuma.io/sidecar-injected": "true" },
	},
	{
		owner: "Consul",
		code: "injected-by-consul",
		names: ["consul-connect-envoy-sidecar", "envoy-sidecar"],
		stems: ["consul-dataplane", "consul-connect-inject-init"],
		images: [],
		annotations: {
			"consul.hashicorp.com/connect-inject-status": "injected",
			"consul.hashicorp.com/transparent-proxy-status": "enabled",
		},
	},
	{
		owner: "Open Service Mesh",
		code: "injected-by-osm",
		names: ["osm-init"],
		images: ["openservicemesh/init"],
	},
	{
		owner: "App Mesh",
		code: "injected-by-app-mesh",
		names: ["proxyinit"],
		images: ["aws-appmesh-proxy-route-manager"],
	},
	{
		owner: "NGINX Service Mesh",
		code: "injected-by-nginx-mesh",
		names: ["nginx-mesh-init", "nginx-mesh-sidecar"],
		images: ["nginx-mesh-init", "nginx-mesh-sidecar"],
	},
] as const satisfies readonly Mark[];

/** By which label or annotation other meshes are asked for redirection, on a pod or on its namespace. */
const wishes = [
	{ owner: "Istio", name: "sidecar.istio.io/inject", value: "true" },
	{ owner: "Istio", name: "istio-injection", value: "enabled" },
	{ owner: "Istio", name: "istio.io/dataplane-mode", value: "ambient" },
	{ owner: "Kuma", name: "kuma.io/sidecar-injection", value: "enabled" },
	{ owner: "Kuma", name: "kuma.io/sidecar-injection", value: "true" },
	{ owner: "Consul", name: "consul.hashicorp.com/connect-inject", value: "true" },
	{ owner: "Open Service Mesh", name: "openservicemesh.io/sidecar-injection", value: "enabled" },
	{ owner: "App Mesh", name: "appmesh.k8s.aws/sidecarInjectorWebhook", value: "enabled" },
] as const;

/** What of an object asks another mesh for the same: nothing is redirected twice yet, but may be soon. */
export function wishesOfOthers(object: JsonObject): string[] {
	const metadata = objectAt(object, "metadata");
	return (["label", "annotation"] as const).flatMap((what) =>
		wishes
			.filter(({ name, value }) => textAt(objectAt(metadata, `${what}s`), name) === value)
			.map(
				({ owner, name }) =>
					`${what} ${name} asks for ${owner}'s redirection too, and two in one pod would feed each other: take one out`,
			),
	);
}

/** Two redirections in one network namespace would feed each other. */
export function findSidecar(pod: JsonObject): ExistingSidecar | undefined {
	const spec = objectAt(pod, "spec");
	const containers = ["initContainers", "containers"]
		.flatMap((key) => objectsAt(spec, key))
		.map((container) => ({
			name: textAt(container, "name") ?? "",
			image: imageName(textAt(container, "image") ?? ""),
		}));
	for (const mark of marks) {
		const sign = containerSign(containers, mark) ?? metadataSign(pod, mark);
		if (sign !== undefined) {
			return { owner: mark.owner, code: mark.code, sign };
		}
	}
	return undefined;
}

function containerSign(
	containers: readonly { readonly name: string; readonly image: string }[],
	mark: Mark,
): string | undefined {
	const found = containers.find(({ name, image }) => isNamed(name, mark) || isFrom(image, mark));
	return found && `container ${found.name}`;
}

function isNamed(name: string, { names, stems = [] }: Mark): boolean {
	return names.includes(name) || stems.some((stem) => name === stem || name.startsWith(`${stem}-`));
}

function isFrom(image: string, { images }: Mark): boolean {
	return images.some((known) => image === known || image.endsWith(`/${known}`));
}

function metadataSign(pod: JsonObject, { annotations = {}, labels = {} }: Mark): string | undefined {
	const written = annotationsOf(pod);
	const stuck = objectAt(objectAt(pod, "metadata"), "labels");
	const annotation = Object.keys(annotations).find((name) => textAt(written, name) === annotations[name]);
	const label = Object.keys(labels).find((name) => textAt(stuck, name) === labels[name]);
	return annotation === undefined ? label && `label ${label}` : `annotation ${annotation}`;
}

/** A colon after the last slash begins the tag; one before it, a port. */
function imageName(image: string): string {
	return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
