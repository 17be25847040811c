import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, get, kubectl, run } from "./support/cluster.ts";
import { type Load, startLoad } from "./support/load.ts";
import { beginPart, hasParts, killPart, type Part } from "./support/parts.ts";
import { check, install, removeNamespaces, uninstall } from "./support/release.ts";
import { addressesOf, containerNames, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-restarts";
const injector = "app.kubernetes.io/name=shunt,app.kubernetes.io/component=injector";
/** How long a part is away: longer than a probe's period, shorter than a node may be silent. */
const awayMs = 8_000;

let load: Load;

beforeAll(async () => {
	await install("disableIPv6=false", "injector.webhook.failurePolicy=Fail");
	await apply(namespace(place));
	load = await startLoad(place);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

/** Every container of the injector's pods, and of the load's, with how often it was started. */
async function restartCounts(): Promise<Record<string, number>> {
	interface Statuses {
		readonly items: readonly {
			readonly metadata: { readonly name: string };
			readonly status: Readonly<
				Record<
					"containerStatuses" | "initContainerStatuses",
					readonly { readonly name: string; readonly restartCount: number }[]
				>
			>;
		}[];
	}
	const lists = await Promise.all([
		get<Statuses>("pods", "-n", "shunt", "-l", injector),
		get<Statuses>("pods", "-n", place),
	]);
	return Object.fromEntries(
		lists
			.flatMap(({ items }) => items)
			.flatMap(({ metadata, status }) =>
				[...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
					({ name, restartCount }) => [`${metadata.name}/${name}`, restartCount] as const,
				),
			),
	);
}

/** A pod made now has its proxy, and both proxies carry what it is asked. */
async function expectNewPod(name: string): Promise<void> {
	await becomes(
		() =>
			run(
				"kubectl",
				["apply", "-f", "-"],
				JSON.stringify(pod({ name, namespace: place, annotations: inject(true) }, serverSpec())),
			),
		({ status }) => status === 0,
	);
	await ready(place, name);
	const server = { namespace: place, name };
	const [address = ""] = await addressesOf(server);
	const path = await trace({
		client: { namespace: place, name: "meshed" },
		server,
		url: urlOf(address),
		times: 3,
	});
	// The client's proxy carries its other questions too.
	expect(path).toMatchObject({ inbound: 3, answers: Array(3).fill({ pod: name }) });
	await kubectl("delete", "pod", name, "-n", place, "--timeout=60s");
}

const parts: readonly Part[] = ["kube-apiserver", "kubelet", "containerd", "kube-proxy"];

describe("restarts", () => {
	it.runIf(hasParts).each(parts)(
		"%s killed and begun again: no request fails, nothing of ours is restarted, the next pod is injected",
		async (part) => {
			await load.goesOn(20);
			const before = await restartCounts();
			killPart(part);
			await sleep(awayMs);
			beginPart(part);
			await becomes(
				() => run("kubectl", ["get", "nodes", "-o", "json"]),
				({ status, stdout }) => status === 0 && isReady(stdout),
				180,
			);
			await load.goesOn();
			await expectNewPod(`after-${part}`);
			const { checks } = await check("--wait", "120s");
			expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
			expect(await restartCounts()).toEqual(before);
		},
	);

	it("a node drained, its injector included, and taken back: with failurePolicy Fail every pod comes back with its proxy", async () => {
		const [node = ""] = (await kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}")).split(
			" ",
		);
		const drain = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=180s"];
		await kubectl("drain", node, ...drain, `--pod-selector=app=server`);
		await kubectl("drain", node, ...drain, `--pod-selector=${injector}`);
		await kubectl("uncordon", node);
		await kubectl("rollout", "status", "deployment/shunt-injector", "-n", "shunt", "--timeout=180s");
		await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=240s");
		interface Pods {
			readonly items: readonly {
				readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
			}[];
		}
		const { items } = await get<Pods>("pods", "-n", place, "-l", "app=server");
		const names = items
			.filter(({ metadata }) => !metadata.deletionTimestamp)
			.map(({ metadata }) => metadata.name);
		expect(names).toHaveLength(2);
		for (const name of names) {
			expect(await containerNames({ namespace: place, name })).toEqual(["shunt-init", "shunt-proxy", "app"]);
		}
		await expectNewPod("after-drain");
	});
});

function isReady(nodes: string): boolean {
	interface Nodes {
		readonly items: readonly {
			readonly status: { readonly conditions: readonly { type: string; status: string }[] };
		}[];
	}
	return (JSON.parse(nodes) as Nodes).items.every(({ status }) =>
		status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
	);
}
