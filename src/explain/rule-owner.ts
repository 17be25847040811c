/** Beginnings of the names that programs give their chains and tables. */
const prefixes: readonly (readonly [string, string])[] = [
	["PROXY_INIT_", "Shunt or Linkerd"],
	["ISTIO_", "Istio"],
	["istio-", "Istio"],
	["KUMA_MESH_", "Kuma"],
	["CONSUL_", "Consul"],
	["CNI-", "the CNI plugins"],
	["KUBE-", "Kubernetes"],
	["DOCKER", "Docker"],
	["CILIUM_", "Cilium"],
	["cali-", "Calico"],
];

/** Whose a rule is, as far as the first of these names tells that does: its chain's, its table's, where it leads. */
export function ownerOf(...names: readonly string[]): string | undefined {
	return names
		.map((name) => prefixes.find(([prefix]) => name.startsWith(prefix))?.[1])
		.find((owner) => owner !== undefined);
}

/** Whether what an owner redirects to is a proxy. */
export function isMesh(owner: string | undefined): boolean {
	return ["Shunt or Linkerd", "Istio", "Kuma", "Consul"].includes(owner ?? "");
}

/** The comments of the two rules that lead into our chains. */
export function isEntrance(comment: string | undefined): boolean {
	return comment?.startsWith("proxy-init/install-") === true;
}
