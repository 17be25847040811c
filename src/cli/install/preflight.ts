import {
	AdmissionregistrationV1Api,
	AuthorizationV1Api,
	CoreV1Api,
	VersionApi,
} from "@kubernetes/client-node";
import type { Manifest, RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import {
	certificateSource,
	certificateState,
	givenCertificate,
	knownSecret,
} from "../chart/certificate-source.ts";
import { injectorHost, storeName } from "../chart/store.ts";
import {
	findNamespaceOwner,
	findSecret,
	firstFamily,
	kindsOf,
	type Resource,
} from "../cluster/cluster-objects.ts";
import { checkCertificateSecret } from "./certificate-secret.ts";
import { Refusal } from "./outcome.ts";
import { checkFamilies, checkVersion, type Request, render, withNamespaceOf } from "./read-request.ts";

/** `v1.33.4` */
export async function askVersion(cluster: Cluster): Promise<string> {
	const { gitVersion } = await cluster.ask(cluster.api(VersionApi).getCode());
	return gitVersion;
}

/**
 * Renders for that cluster: its version, and the certificate that it may have already. What is wrong with the values
 * comes out without asking anybody, where it does not take the cluster to know.
 */
export async function renderFor(
	cluster: Cluster,
	{ chart, given, namespace }: Request,
	now: () => number,
): Promise<{ readonly rendered: RenderedChart; readonly notes: readonly string[] }> {
	const request = { chart, values: given, namespace, now };
	const { source, secretName } = certificateSource(chart, given);
	if (source !== "provided") {
		render(request);
	}
	const kubeVersion = await askVersion(cluster);
	const owner = await findNamespaceOwner(cluster, namespace);
	const secret = source === "cert-manager" ? undefined : await findSecret(cluster, namespace, secretName);
	const use = { host: injectorHost(namespace), now: now() };
	const isKept = secret !== undefined && (source !== "generated" || certificateState(secret, use).good);
	const known = isKept ? [knownSecret(secretName, namespace, secret)] : [];
	const certificate = givenCertificate(chart, given, known);
	const values = withNamespaceOf(owner, chart, given);
	const rendered = render({ ...request, values, kubeVersion, known }, certificate);
	checkVersion(rendered, kubeVersion);
	checkCertificateSecret(rendered, { name: secretName, namespace, secret });
	checkFamilies(rendered, await firstFamily(cluster));
	const existing = `the namespace ${namespace} is there already: it is neither labelled nor part of the release`;
	const missing = `there is no Secret ${secretName} in the namespace ${namespace} yet: the injector waits for it`;
	const isAwaited = secret === undefined && source === "provided" && certificate.crt === undefined;
	return { rendered, notes: [...(values === given ? [] : [existing]), ...(isAwaited ? [missing] : [])] };
}

/**
 * Whether these objects can be created: nothing of the kind is installed, the cluster has their kinds, and who asks may
 * create them. Answers with what is worth to know; throws a Refusal.
 */
export async function checkInstallable(
	cluster: Cluster,
	{ manifests }: RenderedChart,
	namespace: string,
): Promise<readonly string[]> {
	await checkAbsent(cluster, namespace);
	await checkWebhooks(cluster, manifests, namespace);
	return checkAllowed(cluster, {
		verb: "create",
		resources: await findResources(cluster, manifests),
		namespace,
	});
}

async function checkAbsent(cluster: Cluster, namespace: string): Promise<void> {
	const core = cluster.api(CoreV1Api);
	const store = await cluster.find(core.readNamespacedConfigMap({ name: storeName, namespace }));
	if (store !== undefined) {
		throw installed(namespace, `ConfigMap ${storeName} exists there`);
	}
}

/** Webhooks belong to the whole cluster: those of a release in another namespace would be taken over. */
async function checkWebhooks(
	cluster: Cluster,
	manifests: readonly Manifest[],
	namespace: string,
): Promise<void> {
	const admission = cluster.api(AdmissionregistrationV1Api);
	for (const { name } of manifests.filter(({ kind }) => kind === "MutatingWebhookConfiguration")) {
		const found = await cluster.find(admission.readMutatingWebhookConfiguration({ name }));
		const serving = found?.webhooks?.map(({ clientConfig }) => clientConfig.service?.namespace) ?? [];
		const other = serving.find((place) => place !== undefined && place !== namespace);
		if (other !== undefined) {
			throw installed(other, `MutatingWebhookConfiguration ${name} leads there`);
		}
	}
}

function installed(namespace: string, because: string): Refusal {
	return new Refusal(
		exitCodes.failed,
		`Shunt is already installed in the namespace ${namespace} (${because})\nrun "shunt upgrade -n ${namespace}" to change it`,
	);
}

/** The resources of all kinds among some objects; throws a Refusal for kinds that the cluster does not have. */
export async function findResources(
	cluster: Cluster,
	manifests: readonly Manifest[],
): Promise<readonly Resource[]> {
	const findKind = kindsOf(cluster);
	const kinds = new Map(manifests.map((manifest) => [`${manifest.apiVersion} ${manifest.kind}`, manifest]));
	const missing: Manifest[] = [];
	const resources: Resource[] = [];
	for (const manifest of kinds.values()) {
		const resource = await findKind(manifest.apiVersion, manifest.kind);
		if (resource === undefined) {
			missing.push(manifest);
		} else {
			resources.push(resource);
		}
	}
	if (missing.length > 0) {
		throw new Refusal(exitCodes.failed, missing.map(describeMissing).join("\n"));
	}
	return resources;
}

function describeMissing({ apiVersion, kind, name, path }: Manifest): string {
	return `the cluster knows no ${kind} of ${apiVersion}, which ${path} makes (${name}): install its definition first, or leave it out by its value`;
}

/** What somebody is about to do. */
interface Undertaking {
	readonly verb: "create" | "patch";
	readonly resources: readonly Resource[];
	readonly namespace: string;
}

/**
 * Asks for each resource whether whoever runs this may do that. Throws a Refusal that names all that are missing; a
 * cluster that does not say is believed to allow it, and a note says so.
 */
export async function checkAllowed(cluster: Cluster, undertaking: Undertaking): Promise<readonly string[]> {
	const { resources } = undertaking;
	try {
		const allowed = await Promise.all(resources.map((resource) => isAllowed(cluster, resource, undertaking)));
		const missing = resources.filter((_, index) => allowed[index] === false);
		if (missing.length > 0) {
			throw new Refusal(exitCodes.notPermitted, describe(missing, undertaking));
		}
		return [];
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return ["the cluster does not say what you may do; going on"];
		}
		throw error;
	}
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
async function isAllowed(
	cluster: Cluster,
	{ group, name, namespaced }: Resource,
	{ verb, namespace }: Undertaking,
): Promise<boolean> {
	const authorization = cluster.api(AuthorizationV1Api);
	const resourceAttributes = { verb, group, resource: name, ...(namespaced ? { namespace } : {}) };
	const body = {
		apiVersion: "authorization.k8s.io/v1",
		kind: "SelfSubjectAccessReview",
		spec: { resourceAttributes },
	};
	const { status } = await cluster.ask(authorization.createSelfSubjectAccessReview({ body }));
	return status?.allowed === true;
}

function describe(missing: readonly Resource[], { verb, namespace }: Undertaking): string {
	const lines = missing.map(({ name, group, namespaced }) => {
		const resource = group === "" ? name : `${name}.${group}`;
		return `you may not ${verb} ${resource}${namespaced ? ` in the namespace ${namespace}` : ""}`;
	});
	return lines.join("\n");
}
