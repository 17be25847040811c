import { CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { type NodeDialects, nodeDialectsAnnotation, parseNodeDialects } from "../../domain/node-dialects.ts";
import { version } from "../../domain/version.ts";
import { allPages } from "../../kube/cluster.ts";
import {
	agentPods,
	type CniInstallation,
	cniName,
	findCni,
	flagOf,
	pluginMode,
} from "../cluster/cni-installation.ts";
import { applicationPods, count, isReady, nameOf, plain } from "../cluster/pods.ts";
import {
	type Check,
	type CheckContext,
	failed,
	listed,
	type Outcome,
	passed,
	passedWith,
	skipped,
	warning,
} from "./check.ts";
import { missingRights } from "./cni-rights.ts";
import { redirectionOf } from "./pod-mode.ts";

/** Of two nobody knows which one is meant, and {@link installed} has said so. */
async function withCni(
	context: CheckContext,
	check: (installation: CniInstallation) => Promise<Outcome>,
): Promise<Outcome> {
	const [only, another] = await findCni(context.cluster);
	if (only === undefined) {
		return (await isNeeded(context)) ? skipped("the CNI plugin is not installed") : passedWith(notNeeded);
	}
	return another === undefined ? check(only) : skipped("the CNI plugin is installed more than once");
}

const notNeeded = "there is none, and the release needs none";

async function isNeeded({ release }: CheckContext): Promise<boolean> {
	const config = await release.config();
	return config.kind === "read" && config.value.cniEnabled;
}

const installed: Check = {
	id: "cni-installed",
	description: "the CNI plugin's agents are installed, where the release needs them",
	isWorthWaiting: true,
	run: async (context) => {
		const found = await findCni(context.cluster);
		const [only] = found;
		if (only === undefined) {
			return (await isNeeded(context))
				? failed(`there is no DaemonSet ${cniName}, so injected pods come without rules`)
				: passedWith(notNeeded);
		}
		const places = found.map(({ namespace }) => namespace);
		if (found.length > 1) {
			return failed(`the DaemonSet ${cniName} is there ${found.length} times`, places);
		}
		if (flagOf(only, "--uninstall") !== undefined) {
			const message = "the agents take the plugin out of the nodes";
			return (await isNeeded(context)) ? failed(`${message}, and the release needs it`) : warning(message);
		}
		return passedWith(`in namespace ${only.namespace}`);
	},
};

const allowed: Check = {
	id: "cni-rights",
	description: "the agents may do what they are told to do",
	isWorthWaiting: true,
	run: (context) =>
		withCni(context, async (installation) => {
			const missing = await missingRights(context.cluster, installation);
			return missing.length === 0 ? passed : failed("parts are missing", missing);
		}),
};

/** An older plugin refuses a stamp that says what it does not know. */
const current: Check = {
	id: "cni-version",
	description: "the agents are of this program's version",
	run: (context) =>
		withCni(context, async ({ daemonSet }) => {
			const found = daemonSet.metadata?.labels?.["app.kubernetes.io/version"] ?? "unknown";
			return found === version
				? passedWith(version)
				: warning(`they are of version ${found}, and this program is of ${version}`);
		}),
};

const agentsReady: Check = {
	id: "cni-agents",
	description: "every node with pods that need the plugin has an agent that is ready",
	isWorthWaiting: true,
	run: (context) =>
		withCni(context, async (installation) => {
			const [agents, needing] = await Promise.all([
				agentPods(context.cluster, installation),
				nodesInNeed(context),
			]);
			const lacking = [...needing].flatMap(([node, pods]) => {
				const why = whyNotReady(agents.filter(({ spec }) => spec?.nodeName === node));
				return why === undefined ? [] : [`${node} (${count(pods, "pod")}): ${why}`];
			});
			const unready = agents.filter((pod) => !isReady(pod)).map(nameOf);
			if (lacking.length > 0) {
				return failed(`${lacking.length} of ${needing.size} nodes have none`, listed(lacking));
			}
			return unready.length > 0
				? warning(
						`${unready.length} of ${agents.length} agents are not ready, on nodes without such pods`,
						listed(unready),
					)
				: passedWith(`${count(needing.size, "node")} with such pods, ${count(agents.length, "agent")}`);
		}),
};

/** How many pods there are that the plugin makes rules for, by node. */
async function nodesInNeed({ cluster }: CheckContext): Promise<ReadonlyMap<string, number>> {
	const nodes = new Map<string, number>();
	for (const pod of await applicationPods(cluster)) {
		const node = pod.spec?.nodeName;
		if (node !== undefined && redirectionOf(plain(pod))?.kind === "cni") {
			nodes.set(node, (nodes.get(node) ?? 0) + 1);
		}
	}
	return nodes;
}

function whyNotReady(agents: readonly V1Pod[]): string | undefined {
	const [first] = agents;
	return first === undefined
		? "there is no agent"
		: agents.some(isReady)
			? undefined
			: `${nameOf(first)} is not ready`;
}

const nodesServe: Check = {
	id: "cni-node-modes",
	description: "every node serves the plugin's mode, as its agent has found out",
	run: (context) =>
		withCni(context, async (installation) => {
			if (flagOf(installation, "--report-dialects") === undefined) {
				return passedWith("the agents are not told to find out (the value reportDialects has them do so)");
			}
			const mode = await pluginMode(context.cluster, installation);
			if (mode === undefined) {
				return failed(`the plugin's configuration in namespace ${installation.namespace} cannot be read`);
			}
			const core = context.cluster.api(CoreV1Api);
			const nodes = await allPages((page) => context.cluster.ask(core.listNode(page)));
			return judge(nodes.filter(runsLinux), mode);
		}),
};

function runsLinux({ status }: V1Node): boolean {
	return (status?.nodeInfo?.operatingSystem ?? "linux") === "linux";
}

/** What is not known of a node is no failure of it. */
function judge(nodes: readonly V1Node[], mode: string): Outcome {
	const findings = nodes.map(({ metadata }) => {
		const text = metadata?.annotations?.[nodeDialectsAnnotation];
		return { node: metadata?.name ?? "", found: text === undefined ? undefined : parseNodeDialects(text) };
	});
	const details = findings.map(({ node, found }) => `${node}: ${describe(found, mode)}`);
	const unable = findings.filter(({ found }) => found !== undefined && !serves(found, mode));
	const unknown = findings.filter(({ found }) => found === undefined);
	const data = { mode, nodes: findings };
	if (unable.length > 0) {
		const message = `${unable.length} of ${nodes.length} cannot serve mode ${mode}`;
		return { kind: "failed", message, details: listed(details), data };
	}
	return unknown.length > 0
		? {
				kind: "warning",
				message: `${unknown.length} of ${nodes.length} are not known`,
				details: listed(details),
				data,
			}
		: { kind: "ok", note: `mode ${mode}`, details, data };
}

function serves({ working }: NodeDialects, mode: string): boolean {
	return mode === "auto" ? working.length > 0 : working.some((dialect) => dialect === mode);
}

function describe(found: NodeDialects | undefined, mode: string): string {
	if (found === undefined) {
		return `has no annotation ${nodeDialectsAnnotation} that can be read`;
	}
	const can = found.working.length === 0 ? "no mode" : found.working.join(", ");
	const why = serves(found, mode) ? "" : `; ${mode}: ${found.failures[mode] ?? "none of its modes works"}`;
	return `can serve ${can} (Linux ${found.kernel})${why}`;
}

export const cni: readonly Check[] = [installed, allowed, current, agentsReady, nodesServe];
