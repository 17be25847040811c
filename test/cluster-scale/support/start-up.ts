import { apply, get, kubectl } from "../../e2e-cluster/support/cluster.ts";
import { inject, serverSpec, workload } from "../../e2e-cluster/support/workloads.ts";

/** Makes a Deployment of that many pods, and answers how many seconds went by until all were ready, as `kubectl rollout status` sees it. */
export async function secondsToReady(place: string, count: number, isMeshed: boolean): Promise<number> {
	const named = { name: "many", namespace: place, annotations: inject(isMeshed) };
	const began = performance.now();
	await apply(
		workload("Deployment", named, serverSpec({ probed: true }), {
			replicas: count,
			progressDeadlineSeconds: 1_200,
		}),
	);
	await kubectl("rollout", "status", "deployment/many", "-n", place, "--timeout=1200s");
	return (performance.now() - began) / 1000;
}

/** Takes them away, and comes back when the last one has gone. */
export async function takeAway(place: string): Promise<void> {
	await kubectl("delete", "deployment", "many", "-n", place, "--timeout=60s");
	await kubectl("delete", "pods", "--all", "-n", place, "--grace-period=1", "--timeout=280s");
}

interface Pods {
	readonly items: readonly { readonly spec: { readonly initContainers?: readonly { name: string }[] } }[];
}

/** How many pods have a proxy of ours. */
export async function meshedPods(place: string): Promise<number> {
	const { items } = await get<Pods>("pods", "-n", place);
	return items.filter(({ spec }) => spec.initContainers?.some(({ name }) => name === "shunt-proxy")).length;
}
