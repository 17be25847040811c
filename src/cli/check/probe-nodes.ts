import { randomUUID } from "node:crypto";
import { CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { attempt } from "../../domain/attempt.ts";
import { dialects } from "../../domain/mode.ts";
import { get, isObject, type Json, objectAt, textAt } from "../../inject/json.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { hasEnded } from "../cluster/pods.ts";
import type { NodeProbe } from "./check.ts";
import { type ProbeTarget, probePod, probeSelector, runLabel } from "./probe-pod.ts";

interface NodeRun {
	readonly cluster: Cluster;
	readonly target: ProbeTarget;
	/** Where the pods are. */
	readonly namespace: string;
	readonly probe: NodeProbe;
	now(): number;
}

/** Nodes that are tried at the same time. */
const atOnce = 16;
const pauseMs = 500;

/** One pod for each node that could ever run one of ours. Whatever happens, the pods are deleted. */
export async function probeNodes(run: NodeRun): Promise<NodeFinding[]> {
	const { cluster, probe } = run;
	const id = randomUUID();
	const nodes = await allPages((page) => cluster.ask(cluster.api(CoreV1Api).listNode(page)));
	await deletePods(run, probeSelector, hasEnded);
	try {
		const findings: NodeFinding[] = [];
		for (let from = 0; from < nodes.length; from += atOnce) {
			probe.progress(`trying nodes: ${from} of ${nodes.length} done`);
			const batch = nodes.slice(from, from + atOnce);
			findings.push(...(await Promise.all(batch.map((node) => probeNode(run, node, id)))));
		}
		return findings;
	} finally {
		await deletePods(run, `${runLabel}=${id}`);
	}
}

async function probeNode(run: NodeRun, node: V1Node, id: string): Promise<NodeFinding> {
	const name = node.metadata?.name ?? "";
	const os = node.status?.nodeInfo?.operatingSystem ?? "linux";
	if (os !== "linux") {
		return { node: name, kind: "left-out", reason: `it runs ${os}` };
	}
	if (!node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
		return { node: name, kind: "unknown", reason: "it is not ready" };
	}
	try {
		return { node: name, ...(await tryNode(run, name, id)) };
	} catch (error) {
		if (error instanceof ClusterError) {
			return { node: name, kind: "unknown", reason: error.message };
		}
		throw error;
	}
}

type Judgement =
	| { readonly kind: "unknown"; readonly reason: string }
	| ({ readonly kind: "probed" } & NonNullable<ReturnType<typeof readProbeLog>>);

async function tryNode(run: NodeRun, node: string, id: string): Promise<Judgement> {
	const { cluster, target, namespace, probe } = run;
	if (probe.isStopped()) {
		return { kind: "unknown", reason: "interrupted" };
	}
	const core = cluster.api(CoreV1Api);
	const deadlineSeconds = Math.ceil(probe.timeoutMs / 1000);
	const body = probePod({ target, node, run: id, deadlineSeconds });
	const created = await cluster.ask(core.createNamespacedPod({ namespace, body }));
	const name = created.metadata?.name ?? "";
	const ended = await untilOver(run, name);
	if (typeof ended === "string") {
		return { kind: "unknown", reason: ended };
	}
	const log = await cluster.ask(core.readNamespacedPodLog({ name, namespace }));
	const read = readProbeLog(log);
	const last = log.trim().split("\n").at(-1) || "it printed nothing";
	return read === undefined
		? { kind: "unknown", reason: `${reasonOf(ended) ?? "the probe did not report"}: ${last}` }
		: { kind: "probed", ...read };
}

/** The pod as it ended, or why it did not. */
async function untilOver({ cluster, namespace, probe, now }: NodeRun, name: string): Promise<V1Pod | string> {
	const core = cluster.api(CoreV1Api);
	const deadline = now() + probe.timeoutMs;
	for (;;) {
		const pod = await cluster.find(core.readNamespacedPod({ name, namespace }));
		if (pod === undefined) {
			return "somebody deleted the pod";
		}
		if (hasEnded(pod)) {
			return pod;
		}
		if (probe.isStopped() || now() >= deadline) {
			return probe.isStopped()
				? "interrupted"
				: `the pod did not end in time: ${reasonOf(pod) ?? "no reason given"}`;
		}
		await probe.sleep(pauseMs);
	}
}

/** The kubelet's word for it, such as ImagePullBackOff. */
function reasonOf({ status }: V1Pod): string | undefined {
	const [state] = (status?.containerStatuses ?? []).map((container) => container.state);
	const waiting = state?.waiting;
	return waiting?.message ?? waiting?.reason ?? status?.message ?? status?.reason;
}

/** By label, so that those go too whose creation was answered too late for us. */
async function deletePods(
	{ cluster, namespace, probe }: NodeRun,
	labelSelector: string,
	isMeant: (pod: V1Pod) => boolean = () => true,
): Promise<void> {
	const core = cluster.api(CoreV1Api);
	try {
		const found = await allPages((page) =>
			cluster.ask(core.listNamespacedPod({ namespace, labelSelector, ...page })),
		);
		await Promise.all(
			found
				.filter(isMeant)
				.map(({ metadata }) =>
					cluster.find(
						core.deleteNamespacedPod({ name: metadata?.name ?? "", namespace, gracePeriodSeconds: 0 }),
					),
				),
		);
	} catch (error) {
		if (!(error instanceof ClusterError)) {
			throw error;
		}
		probe.progress(
			`pods of the trial may be left; remove them with: kubectl delete pods -n ${namespace} -l ${labelSelector} (${error.message})`,
		);
	}
}

/** What is known about a node in the end. */
export type NodeFinding =
	| { readonly node: string; readonly kind: "probed"; readonly served: boolean; readonly report: NodeReport }
	/** There is no saying what it could serve. */
	| { readonly node: string; readonly kind: "unknown"; readonly reason: string }
	/** It will never run a pod of ours. */
	| { readonly node: string; readonly kind: "left-out"; readonly reason: string };

interface NodeReport {
	readonly kernel: string;
	/** What could be used there. */
	readonly working: readonly string[];
	/** Why not, by mode. */
	readonly failures: Readonly<Record<string, string>>;
}

/** Reads what `shunt init --probe` wrote, from a log that its other lines are in too. Undefined where it is not there. */
export function readProbeLog(log: string): { served: boolean; report: NodeReport } | undefined {
	const objects = log
		.split("\n")
		.map((line) => attempt((): Json => JSON.parse(line)))
		.filter(isObject);
	const probe = objects.findLast((object) => isObject(get(object, "dialects")));
	if (probe === undefined) {
		return undefined;
	}
	const tried = objectAt(probe, "dialects");
	const failures = dialects.flatMap((dialect) => {
		const result = objectAt(tried, dialect);
		return get(result, "ok") === true
			? []
			: [[dialect, textAt(result, "message") ?? "no reason given"] as const];
	});
	return {
		served: get(objectAt(probe, "mode"), "served") === true,
		report: {
			kernel: textAt(probe, "kernel") ?? "unknown",
			working: dialects.filter((dialect) => get(objectAt(tried, dialect), "ok") === true),
			failures: Object.fromEntries(failures),
		},
	};
}
