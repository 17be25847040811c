import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { apply, get, imageOf, kubectl } from "../../e2e-cluster/support/cluster.ts";
import { inject, serverSpec, workload } from "../../e2e-cluster/support/workloads.ts";

const script = fileURLToPath(new URL("../../../scripts/cluster/cluster.sh", import.meta.url));

/**
 * What pods are made with: the application alone; an init container that ends at once and one that keeps running, neither of
 * which does anything; or Shunt's. The second is what any mesh costs that is made of an init container and a proxy.
 */
export type Way = "plain" | "two that do nothing" | "Shunt";

export interface StartUp {
	/** Until all were ready, as `kubectl rollout status` sees it. */
	readonly seconds: number;
	/** Processor time of the whole node meanwhile, its control plane and its pods included, in seconds: it depends less on what else runs. */
	readonly processor: number;
}

/** Makes a Deployment of that many pods, and measures until all are ready. */
export async function startUp(place: string, count: number, way: Way): Promise<StartUp> {
	const named = { name: "many", namespace: place, annotations: inject(way === "Shunt") };
	const spec = { ...serverSpec({ probed: true }), ...(way === "two that do nothing" ? idle : {}) };
	const before = processorSeconds();
	const began = performance.now();
	await apply(workload("Deployment", named, spec, { replicas: count, progressDeadlineSeconds: 1_200 }));
	await kubectl("rollout", "status", "deployment/many", "-n", place, "--timeout=1200s");
	return { seconds: (performance.now() - began) / 1000, processor: processorSeconds() - before };
}

function processorSeconds(): number {
	return Number(execFileSync(script, ["processor"], { encoding: "utf8", timeout: 60_000 }));
}

const idle = {
	initContainers: [
		{
			name: "first",
			image: imageOf("shunt-init"),
			command: ["/usr/lib/linkerd/linkerd2-proxy-init"],
			args: ["--version"],
		},
		{ name: "beside", image: "localhost/shunt/pause:e2e", imagePullPolicy: "Never", restartPolicy: "Always" },
	],
};

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
