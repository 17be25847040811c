import { CoreV1Api } from "@kubernetes/client-node";
import { type Check, type CheckContext, failed, type NodeProbe, type Outcome, skipped } from "./check.ts";
import { type NodeFinding, probeNodes } from "./probe-nodes.ts";
import { type ProbeTarget, probeTarget } from "./probe-pod.ts";
import type { Reading } from "./release.ts";

const served: Check = {
	id: "node-modes",
	description: "every node can serve the mode (tried there, by a pod for each)",
	run: async (context) => {
		const { nodeProbe: probe, cluster } = context;
		if (probe === undefined) {
			return skipped("nobody asked for it");
		}
		const reading = await targetFor(context, probe);
		if (reading.kind !== "read") {
			return reading.kind === "absent"
				? skipped("the release's configuration cannot be read")
				: failed("there is no saying which mode is wanted", reading.complaints);
		}
		const namespace = await namespaceFor(context, probe);
		const findings = await probeNodes({ cluster, target: reading.value, namespace, probe, now: context.now });
		return judge(findings, reading.value.config.mode);
	},
};

/** What the flags say goes over what the release was made of. */
async function targetFor(
	{ release }: CheckContext,
	{ targetFrom }: NodeProbe,
): Promise<Reading<ProbeTarget>> {
	if (targetFrom === undefined) {
		return probeTarget(await release.config(), await release.values());
	}
	const stored = await release.values();
	return stored.kind === "unreadable"
		? stored
		: targetFrom(stored.kind === "read" ? stored.value : undefined);
}

/** Before an installation its namespace may not be there yet. */
async function namespaceFor({ cluster, namespace }: CheckContext, probe: NodeProbe): Promise<string> {
	if (probe.namespace !== undefined) {
		return probe.namespace;
	}
	const found = await cluster.find(cluster.api(CoreV1Api).readNamespace({ name: namespace }));
	return found === undefined ? "default" : namespace;
}

/** A node that is known not to serve the mode is a failure; one of which nothing is known, a warning. */
function judge(findings: readonly NodeFinding[], mode: string): Outcome {
	const details = findings.map((finding) => `${finding.node}: ${describe(finding, mode)}`);
	const unable = findings.filter((finding) => finding.kind === "probed" && !finding.served);
	const unknown = findings.filter(({ kind }) => kind === "unknown");
	const data = { mode, nodes: findings };
	if (unable.length > 0) {
		const message = `${unable.length} of ${findings.length} cannot serve mode ${mode}`;
		return { kind: "failed", message: `${message}${commonAdvice(findings)}`, details, data };
	}
	return unknown.length > 0
		? { kind: "warning", message: `${unknown.length} of ${findings.length} are not known`, details, data }
		: { kind: "ok", note: `mode ${mode}`, details, data };
}

function commonAdvice(findings: readonly NodeFinding[]): string {
	const lists = findings.flatMap((finding) => (finding.kind === "probed" ? [finding.report.working] : []));
	const common = lists[0]?.filter((dialect) => lists.every((list) => list.includes(dialect))) ?? [];
	const isMixed = lists.every((list) => list.length > 0);
	if (common.length > 0) {
		return `; all of them can serve ${common.join(", ")}`;
	}
	return isMixed ? "; no one mode fits all, but proxyInit.iptablesMode=auto does" : "";
}

function describe(finding: NodeFinding, mode: string): string {
	if (finding.kind !== "probed") {
		return finding.kind === "unknown" ? `not known: ${finding.reason}` : `left out: ${finding.reason}`;
	}
	const { kernel, working, failures } = finding.report;
	const can = working.length === 0 ? "no mode" : working.join(", ");
	const why = finding.served ? "" : `; ${mode}: ${failures[mode] ?? "none of its modes works"}`;
	return `can serve ${can} (Linux ${kernel})${why}`;
}

export const nodes: readonly Check[] = [served];
