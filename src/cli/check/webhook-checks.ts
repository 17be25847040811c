import { AdmissionregistrationV1Api, CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { injectAnnotation } from "../../policy/annotation-keys.ts";
import { injectorName } from "../chart/store.ts";
import { plain } from "../cluster/pods.ts";
import {
	type Check,
	type CheckContext,
	failed,
	type Outcome,
	passed,
	passedWith,
	skipped,
	withConfig,
} from "./check.ts";
import { formatRedirection, redirectionOf } from "./pod-mode.ts";
import { webhookScope } from "./webhook-scope.ts";

const registered: Check = {
	id: "webhook-registered",
	description: "the API server sends new pods to the injector's Service",
	isWorthWaiting: true,
	run: async ({ cluster, namespace }) => {
		const webhooks = cluster.api(AdmissionregistrationV1Api);
		const found = await cluster.find(webhooks.readMutatingWebhookConfiguration({ name: injectorName }));
		const services = (found?.webhooks ?? []).map(({ clientConfig }) => clientConfig.service);
		if (services.length === 0) {
			return failed(`there is no MutatingWebhookConfiguration ${injectorName} with a webhook`);
		}
		const stray = services.find(
			(service) => service?.name !== injectorName || service.namespace !== namespace,
		);
		return stray === undefined
			? passed
			: failed(`it sends them to ${stray.namespace}/${stray.name}, not to ${namespace}/${injectorName}`);
	},
};

/** Where the pod below would be, if it were to be. */
const trialNamespace = "default";

/** The whole way in one request that changes nothing: selectors, network, certificates, the injector's configuration. */
const injects: Check = {
	id: "webhook-injects",
	description: "a new pod that asks for a proxy gets one, in the release's mode (dry run)",
	isWorthWaiting: true,
	run: (context) =>
		withConfig(context, async (config) =>
			(await isLeftOut(context))
				? skipped(`the webhook is not asked about namespace ${trialNamespace}`)
				: judge(plain(await dryRun(context)), config),
		),
};

async function isLeftOut({ cluster }: CheckContext): Promise<boolean> {
	const core = cluster.api(CoreV1Api);
	const [isAskedAbout, namespace] = await Promise.all([
		webhookScope(cluster),
		cluster.find(core.readNamespace({ name: trialNamespace })),
	]);
	return !isAskedAbout({ metadata: { ...namespace?.metadata, name: trialNamespace } });
}

function dryRun({ cluster }: CheckContext): Promise<V1Pod> {
	const core = cluster.api(CoreV1Api);
	return cluster.ask(core.createNamespacedPod({ namespace: trialNamespace, body: trialPod, dryRun: "All" }));
}

const trialPod: V1Pod = {
	apiVersion: "v1",
	kind: "Pod",
	metadata: { generateName: "shunt-check-", annotations: { [injectAnnotation]: "enabled" } },
	spec: { containers: [{ name: "application", image: "example.invalid/never-runs" }] },
};

function judge(pod: ReturnType<typeof plain>, config: InjectConfig): Outcome {
	const redirection = redirectionOf(pod);
	if (redirection === undefined) {
		return failed(
			`a pod in namespace ${trialNamespace} came back without one: the webhook was not asked, or its failure was ignored`,
		);
	}
	const isRight = config.cniEnabled
		? redirection.kind === "cni"
		: redirection.kind === "mode" && redirection.mode === config.mode;
	return isRight
		? passedWith(formatRedirection(redirection))
		: failed(`it gets ${formatRedirection(redirection)}: the injector has another configuration`);
}

export const webhook: readonly Check[] = [registered, injects];
