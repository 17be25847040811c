import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { injectPod } from "../../inject/inject-pod.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { applicationPods, isProxyReady, nameOf, ownerOf, plain } from "../cluster/pods.ts";
import { type Check, listed, type Outcome, passedWith, type Shortcoming, withConfig } from "./check.ts";
import { formatRedirection, type Redirection, redirectionOf } from "./pod-mode.ts";

/** A pod and what is the matter with it, for programs. */
interface Finding {
	readonly pod: string;
	readonly workload: string | undefined;
	readonly reason: string;
}

function findingOf(pod: V1Pod, reason: string): Finding {
	return { pod: nameOf(pod), workload: ownerOf(pod), reason };
}

function shortcoming(kind: Shortcoming["kind"], message: string, findings: readonly Finding[]): Outcome {
	const lines = findings.map(
		({ pod, workload, reason }) => `${pod}${workload === undefined ? "" : ` (${workload})`}: ${reason}`,
	);
	return { kind, message, details: listed(lines), data: findings };
}

async function injected(cluster: Cluster): Promise<{ pod: V1Pod; redirection: Redirection }[]> {
	return (await applicationPods(cluster)).flatMap((pod) => {
		const redirection = redirectionOf(plain(pod));
		return redirection === undefined ? [] : [{ pod, redirection }];
	});
}

const proxiesReady: Check = {
	id: "proxy-ready",
	description: "the proxies in the applications' pods are ready",
	isWorthWaiting: true,
	run: async ({ cluster }) => {
		const pods = await injected(cluster);
		const unready = pods
			.filter(({ pod }) => !isProxyReady(pod))
			.map(({ pod }) => findingOf(pod, "not ready"));
		return unready.length === 0
			? passedWith(`${pods.length} of ${pods.length}`)
			: shortcoming("failed", `${unready.length} of ${pods.length} are not`, unready);
	},
};

const proxiesCurrent: Check = {
	id: "proxy-mode",
	description: "the applications' pods are in the release's mode",
	run: (context) =>
		withConfig(context, async (config) => {
			const pods = await injected(context.cluster);
			const others = pods
				.filter(({ redirection }) => !isAsReleased(redirection, config))
				.map(({ pod, redirection }) => findingOf(pod, formatRedirection(redirection)));
			const wanted = config.cniEnabled ? "the CNI plugin's rules" : `mode ${config.mode}`;
			return others.length === 0
				? passedWith(`${pods.length} of ${pods.length}, ${wanted}`)
				: shortcoming("warning", `${others.length} need a restart to get ${wanted}`, others);
		}),
};

/** What the plugin's mode was shows nowhere in the pod. */
function isAsReleased(redirection: Redirection, { cniEnabled, mode }: InjectConfig): boolean {
	return cniEnabled ? redirection.kind === "cni" : redirection.kind === "mode" && redirection.mode === mode;
}

const noneMissing: Check = {
	id: "proxy-missing",
	description: "no pod lacks the proxy that it or its namespace asks for",
	run: (context) =>
		withConfig(context, async (config) => {
			const [pods, namespaces] = await Promise.all([
				applicationPods(context.cluster),
				namespaceAnnotations(context.cluster),
			]);
			const lacking = pods.flatMap((pod) => {
				const reason = lack(pod, namespaces.get(pod.metadata?.namespace ?? ""), config);
				return reason === undefined ? [] : [findingOf(pod, reason)];
			});
			return lacking.length === 0
				? passedWith(`of ${pods.length}`)
				: shortcoming("warning", `${lacking.length} need a restart to get theirs`, lacking);
		}),
};

async function namespaceAnnotations(cluster: Cluster): Promise<Map<string, Record<string, string>>> {
	const core = cluster.api(CoreV1Api);
	const namespaces = await allPages((page) => cluster.ask(core.listNamespace(page)));
	return new Map(namespaces.map(({ metadata }) => [metadata?.name ?? "", metadata?.annotations ?? {}]));
}

/** As the injector decides it, so that what it leaves out on purpose counts as nothing missing. */
function lack(
	pod: V1Pod,
	namespace: Record<string, string> | undefined,
	config: InjectConfig,
): string | undefined {
	const outcome = injectPod({
		pod: plain(pod),
		config,
		whenUnannotated: "skip",
		...(namespace === undefined ? {} : { namespace }),
	});
	switch (outcome.kind) {
		case "injected":
			return "has no proxy";
		case "refused":
			return `cannot get one: ${outcome.problems[0]?.source} ${outcome.problems[0]?.complaint}`;
		case "skipped":
			return undefined;
	}
}

export const dataPlane: readonly Check[] = [proxiesReady, proxiesCurrent, noneMissing];
