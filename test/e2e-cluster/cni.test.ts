import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	agentRestarts,
	agentsSettled,
	installAgents,
	killAgentUntilAway,
	removeAgents,
} from "./support/agents.ts";
import { apply, becomes, foreign, get, kubectl } from "./support/cluster.ts";
import { nodeFolders } from "./support/node-folders.ts";
import { allObjects } from "./support/objects.ts";
import { check, install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { addressesOf, containerNames, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-cni";
const hasNodesFiles = foreign === undefined;

let objectsBefore: readonly string[];
let filesBefore: Record<string, string>;

/** What a runtime loads, and the names of what it runs, of a node whose files can be read from here. */
function nodeFiles(): Record<string, string> {
	const lists = readdirSync(nodeFolders.netDir).map((name) => [
		name,
		readFileSync(`${nodeFolders.netDir}/${name}`, "utf8"),
	]);
	return { ...Object.fromEntries(lists), plugins: readdirSync(nodeFolders.binDir).join() };
}

beforeAll(async () => {
	objectsBefore = await allObjects();
	filesBefore = hasNodesFiles ? nodeFiles() : {};
	await installAgents();
	await install("disableIPv6=false", "cniEnabled=true");
	await apply(namespace(place, inject(true)));
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall().catch(() => undefined);
});

const named = (name: string) => ({ name, namespace: place, annotations: {} });

/** Pods that are made now serve through their proxies and ask through them; which containers they have besides `app`. */
async function expectMeshed(client: string, server: string): Promise<void> {
	await apply(pod(named(client), serverSpec()), pod(named(server), serverSpec()));
	await ready(place, client, server);
	await expectPath(client, server);
}

async function expectPath(client: string, server: string): Promise<void> {
	for (const address of await addressesOf({ namespace: place, name: server })) {
		const path = await trace({
			client: { namespace: place, name: client },
			server: { namespace: place, name: server },
			url: urlOf(address),
			times: 3,
		});
		expect(path, address).toMatchObject({ outbound: 3, inbound: 3, answers: Array(3).fill({ pod: server }) });
	}
}

describe("CNI way", () => {
	it("alone: the injector's own pods and others are redirected without an init container that makes rules", async () => {
		const { checks } = await check("--wait", "60s");
		expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
		await expectMeshed("first", "second");
		expect(await containerNames({ namespace: place, name: "first" })).toEqual([
			"shunt-network-validator",
			"shunt-proxy",
			"app",
		]);
		interface Capable {
			readonly spec: {
				readonly initContainers: readonly {
					readonly securityContext?: { capabilities?: { add?: string[] } };
				}[];
			};
		}
		const { spec } = await get<Capable>("pod", "first", "-n", place);
		expect(
			spec.initContainers.flatMap(({ securityContext }) => securityContext?.capabilities?.add ?? []),
		).toEqual([]);
	});

	it.runIf(hasNodesFiles)(
		"the agent killed: pods that start while it is away are redirected, and it comes back",
		async () => {
			const before = await killAgentUntilAway();
			await expectMeshed("third", "fourth");
			expect(await agentRestarts(), "it was back before the pods were").toBe(before);
			await becomes(agentRestarts, (count) => count > before);
			await agentsSettled();
		},
	);

	it("the agent upgraded, to another mode: pods that start meanwhile are redirected, and so are those of before", async () => {
		const upgraded = installAgents("iptablesMode=nftables");
		await expectMeshed("fifth", "sixth");
		await upgraded;
		await expectMeshed("seventh", "eighth");
		await expectPath("first", "eighth");
	});

	it("an ADD that fails: the pod's author reads in its events what is wrong with which annotation", async () => {
		const broken = { "shunt.dev/redirect": '{"inboundPort":"high"}', ...inject(false) };
		await apply(pod({ name: "broken", namespace: place, annotations: broken }, serverSpec()));
		interface Events {
			readonly items: readonly { readonly reason: string; readonly message: string }[];
		}
		const { items } = await becomes(
			() => get<Events>("events", "-n", place, "--field-selector=involvedObject.name=broken"),
			({ items: seen }) => seen.some(({ reason }) => reason === "FailedCreatePodSandBox"),
		);
		const { message = "" } = items.find(({ reason }) => reason === "FailedCreatePodSandBox") ?? {};
		expect(message).toMatch(/plugin type="shunt-cni".*failed \(add\).*shunt\.dev\/redirect/);
		// It is tried again, and starts as soon as it is right.
		await kubectl("annotate", "pod", "broken", "-n", place, "shunt.dev/redirect-", "--overwrite");
		await ready(place, "broken");
	});

	it("beside pods with an init container: each makes its rules in its own way, once", async () => {
		await upgrade("cniEnabled=false");
		await expectMeshed("ninth", "tenth");
		expect(await containerNames({ namespace: place, name: "ninth" })).toEqual([
			"shunt-init",
			"shunt-proxy",
			"app",
		]);
		await expectPath("ninth", "second");
		await expectPath("first", "tenth");
	});

	it("removed: what has started goes on, a pod that would miss its rules does not, and nothing is left", async () => {
		await upgrade("cniEnabled=true", "networkValidator.timeout=3s");
		await removeAgents();
		await expectPath("first", "second");
		expect(hasNodesFiles ? nodeFiles() : {}).toEqual(filesBefore);
		await apply(pod(named("late"), serverSpec()));
		interface Statuses {
			readonly status: {
				readonly initContainerStatuses?: readonly {
					readonly name: string;
					readonly lastState: {
						readonly terminated?: { readonly exitCode: number; readonly message?: string };
					};
				}[];
			};
		}
		const { status } = await becomes(
			() => get<Statuses>("pod", "late", "-n", place),
			({ status: seen }) =>
				seen.initContainerStatuses?.some(({ lastState }) => lastState.terminated) === true,
			120,
		);
		const validator = status.initContainerStatuses?.find(({ name }) => name === "shunt-network-validator");
		expect(validator?.lastState.terminated?.exitCode).toBe(95);
		await removeNamespaces(place);
		await uninstall();
		await kubectl("wait", "--for=delete", "namespace/shunt", "--timeout=90s");
		expect(await allObjects()).toEqual(objectsBefore);
	});
});
