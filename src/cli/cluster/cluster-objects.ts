import { CoreV1Api, KubernetesObjectApi, type V1Namespace, type V1ObjectMeta } from "@kubernetes/client-node";
import type { PlainValue } from "../../chart/index.ts";
import type { Family } from "../../domain/family.ts";
import { isObject, type Json, objectAt } from "../../inject/json.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError, isNotFound } from "../../kube/cluster-error.ts";

/** A Secret; undefined where there is none of that name. */
export async function findSecret(
	cluster: Cluster,
	namespace: string,
	name: string,
): Promise<PlainValue | undefined> {
	const secret = await cluster.find(cluster.api(CoreV1Api).readNamespacedSecret({ name, namespace }));
	return secret === undefined ? undefined : asPlain(secret);
}

/**
 * The address family that pods and Services have first: that of the API server's own Service, which has one alone
 * (https://kubernetes.io/docs/concepts/services-networking/dual-stack/). Kubelets probe pods by it. Undefined where the cluster
 * does not say.
 */
export async function firstFamily(cluster: Cluster): Promise<Family | undefined> {
	const service = { namespace: "default", name: "kubernetes" };
	try {
		const found = await cluster.find(cluster.api(CoreV1Api).readNamespacedService(service));
		const [first] = found?.spec?.ipFamilies ?? [];
		return first === "IPv6" ? "ipv6" : first === "IPv4" ? "ipv4" : undefined;
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return undefined;
		}
		throw error;
	}
}

/** An object of the client's as the API sends it, with its dates as texts. */
export function asPlain(object: object): PlainValue {
	return JSON.parse(JSON.stringify(object));
}

/** What a namespace is to a release in it. */
export type NamespaceOwner = "absent" | "ours" | "others" | "unknown";

/** Every cluster has these from the beginning. */
const kubernetesOwn = ["default", "kube-system", "kube-public", "kube-node-lease"];

export async function findNamespaceOwner(cluster: Cluster, name: string): Promise<NamespaceOwner> {
	try {
		const found = await cluster.find(cluster.api(CoreV1Api).readNamespace({ name }));
		return found === undefined ? "absent" : isOurs(found) ? "ours" : "others";
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return "unknown";
		}
		throw error;
	}
}

/** The charts, by the name that they label their objects with. */
export type ChartName = "shunt" | "shunt-cni";

/**
 * Whether a release of ours made the namespace. Its labels alone do not tell: applied over a namespace of somebody else's
 * they are there too.
 */
export function isOurs({ metadata = {} }: V1Namespace, chart: ChartName = "shunt"): boolean {
	const { name = "", labels = {} } = metadata;
	const isLabelled =
		labels["app.kubernetes.io/name"] === chart && labels["app.kubernetes.io/part-of"] === "shunt";
	return isLabelled && !kubernetesOwn.includes(name) && isMadeWithLabels(metadata);
}

/**
 * The API server labels every new namespace with its name, and writes that down as a field of whoever made it
 * (plugin/namespace/defaulting, KEP-2161; metadata.managedFields). Where nobody has that field, there is nothing against it.
 */
function isMadeWithLabels({ managedFields = [] }: V1ObjectMeta): boolean {
	const owned = managedFields
		.map(({ fieldsV1 }) => fieldsV1 as Json | undefined)
		.map((fields) =>
			isObject(fields) ? Object.keys(objectAt(objectAt(fields, "f:metadata"), "f:labels")) : [],
		);
	const makers = owned.filter((labels) => labels.includes("f:kubernetes.io/metadata.name"));
	return makers.length === 0 || makers.some((labels) => labels.includes("f:app.kubernetes.io/name"));
}

/** A kind of object, as URLs and permissions call it. */
export interface Resource {
	/** Empty for the core group. */
	readonly group: string;
	/** `deployments` */
	readonly name: string;
	readonly namespaced: boolean;
}

/** Asks a cluster for a kind; undefined where it does not have it. */
type FindKind = (apiVersion: string, kind: string) => Promise<Resource | undefined>;

/** Discovery, which the client keeps to itself. */
class Discovery extends KubernetesObjectApi {
	resourceOf(apiVersion: string, kind: string) {
		return this.resource(apiVersion, kind);
	}
}

/** The client remembers what it learnt of an API version, so asking for kinds one after the other is cheap. */
export function kindsOf(cluster: Cluster): FindKind {
	const discovery = cluster.api(Discovery);
	return async (apiVersion, kind) => {
		const request = discovery.resourceOf(apiVersion, kind).catch((error) => {
			if (isNotFound(error)) {
				return undefined;
			}
			throw error;
		});
		const found = await cluster.ask(request);
		const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
		return found === undefined ? undefined : { group, name: found.name, namespaced: found.namespaced };
	};
}
