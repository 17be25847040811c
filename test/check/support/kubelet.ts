import type { ApiServer } from "../../support/api-server/api-server.ts";
import type { ApiObject } from "../../support/api-server/store.ts";

/** A pod as the kubelet gets it. */
export interface ScheduledPod extends ApiObject {
	readonly spec: {
		readonly nodeName: string;
		readonly activeDeadlineSeconds: number;
		readonly containers: readonly {
			readonly image: string;
			readonly command: readonly string[];
			readonly args: readonly string[];
			readonly securityContext: object;
		}[];
	};
}

/** What became of a pod's container: it ran to its end, or not even to its beginning. */
export type Run =
	| { readonly log: string; readonly exitCode: number }
	| { readonly waiting: { readonly reason: string; readonly message?: string } }
	| "nothing";

/** Plays the nodes' kubelets: each pod that is created with a node's name is run. */
export function playKubelets(api: ApiServer, run: (pod: ScheduledPod) => Run | Promise<Run>): ScheduledPod[] {
	const seen: ScheduledPod[] = [];
	api.store.listen(({ type, collection, object }) => {
		if (type === "ADDED" && collection === "v1/pods" && isScheduled(object)) {
			seen.push(object);
			// After the answer to whoever created it.
			setImmediate(async () => report(api, object, await run(object)));
		}
	});
	return seen;
}

function isScheduled(object: ApiObject): object is ScheduledPod {
	return typeof (object["spec"] as { nodeName?: unknown } | undefined)?.nodeName === "string";
}

function report(api: ApiServer, pod: ScheduledPod, run: Run): void {
	const { name, namespace } = pod.metadata;
	if (run === "nothing" || api.store.get("v1/pods", `${namespace}/${name}`) === undefined) {
		return;
	}
	if ("waiting" in run) {
		const containerStatuses = [{ name: "probe", ready: false, state: { waiting: run.waiting } }];
		api.store.put("v1/pods", { ...pod, status: { phase: "Pending", containerStatuses } });
		return;
	}
	api.logs.set(`${namespace}/${name}`, run.log);
	const phase = run.exitCode === 0 ? "Succeeded" : "Failed";
	const state = {
		terminated: { exitCode: run.exitCode, reason: run.exitCode === 0 ? "Completed" : "Error" },
	};
	api.store.put("v1/pods", {
		...pod,
		status: { phase, containerStatuses: [{ name: "probe", ready: false, state }] },
	});
}

export function putNode(
	api: ApiServer,
	name: string,
	{ os = "linux", ready = true, taints = [] as object[] } = {},
): void {
	api.store.put("v1/nodes", {
		kind: "Node",
		metadata: { name },
		spec: { taints },
		status: {
			nodeInfo: { operatingSystem: os },
			conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
		},
	});
}

/** The pods of a trial that are still there. */
export function probePods(api: ApiServer): string[] {
	return api.store
		.list("v1/pods")
		.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "probe")
		.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}
