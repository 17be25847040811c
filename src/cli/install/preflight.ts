import { AdmissionregistrationV1Api, CoreV1Api, VersionApi } from "@kubernetes/client-node";
import type { Manifest, RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { certificateSource, givenCertificate, knownSecret } from "../chart/certificate-source.ts";
import { certificateState } from "../chart/certificate-state.ts";
import { storeName } from "../chart/store.ts";
import { findSecret } from "../cluster/find-secret.ts";
import { findNamespaceOwner } from "../cluster/release-namespace.ts";
import { checkAllowed } from "./check-allowed.ts";
import { checkVersion } from "./check-version.ts";
import { withNamespaceOf } from "./namespace-value.ts";
import { Refusal } from "./outcome.ts";
import { type Request, render } from "./read-request.ts";
import { findResources } from "./served-resources.ts";

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
	const isKept = secret !== undefined && (source !== "generated" || certificateState(secret, now()).good);
	const known = isKept ? [knownSecret(secretName, namespace, secret)] : [];
	const certificate = givenCertificate(chart, given, known);
	const values = withNamespaceOf(owner, chart, given);
	const rendered = render({ ...request, values, kubeVersion, known }, certificate);
	checkVersion(rendered, kubeVersion);
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
