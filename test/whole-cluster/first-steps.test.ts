import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, get, kubectl } from "../e2e-cluster/support/cluster.ts";
import { injectedModes } from "../e2e-cluster/support/injected-mode.ts";
import { allObjects } from "../e2e-cluster/support/objects.ts";
import { check, install, removeNamespaces, uninstall, upgrade } from "../e2e-cluster/support/release.ts";
import { addressesOf, ready, trace, urlOf } from "../e2e-cluster/support/traffic.ts";
import { inject, namespace, pod, serverSpec, service, workload } from "../e2e-cluster/support/workloads.ts";

const place = "first-steps";
const client = { namespace: place, name: "client" };

let objectsBefore: readonly string[];

beforeAll(async () => {
	objectsBefore = await allObjects();
});

afterAll(() => removeNamespaces(place));

interface Pods {
	readonly items: readonly {
		readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
	}[];
}

/** The one pod of the Deployment that does not end. */
async function serverName(): Promise<string> {
	const { items } = await get<Pods>("pods", "-n", place, "-l", "app=server");
	const running = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
	expect(running).toHaveLength(1);
	return running[0]!.metadata.name;
}

/** By the pod's addresses and by the service's, in each family: every connection passes both proxies. */
async function expectTraffic(): Promise<void> {
	const server = { namespace: place, name: await serverName() };
	await ready(place, client.name, server.name);
	const { spec } = await get<{ spec: { clusterIPs: string[] } }>("service", "server", "-n", place);
	for (const address of [...(await addressesOf(server)), ...spec.clusterIPs]) {
		const path = await trace({ client, server, url: urlOf(address), times: 3 });
		expect(path, address).toMatchObject({
			outbound: 3,
			inbound: 3,
			answers: Array(3).fill({ pod: server.name }),
		});
	}
}

/** The tests follow one another, as an administrator's first day does. */
describe("first steps on a whole cluster", () => {
	it("shunt install | kubectl apply: every part gets ready, and shunt check finds all well", async () => {
		await install("disableIPv6=false");
		const { status, checks } = await check("--wait", "60s");
		expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
		expect(status).toBe(0);
	});

	it("a Deployment is injected, gets ready, and its connections go through the proxies", async () => {
		const named = { name: "server", namespace: place, annotations: {} };
		await apply(
			namespace(place, inject(true)),
			pod({ ...client, annotations: {} }, serverSpec()),
			workload("Deployment", named, serverSpec({ probed: true })),
			service("server", place),
		);
		await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=120s");
		await expectTraffic();
	});

	it("another mode: the restarted workload has it, and its connections go through the proxies", async () => {
		await upgrade("disableIPv6=false", "proxyInit.iptablesMode=nftables");
		await kubectl("rollout", "restart", "deployment/server", "-n", place);
		await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=120s");
		expect(await injectedModes(place, "app=server")).toEqual([
			{ name: await serverName(), mode: "nftables" },
		]);
		await expectTraffic();
	});

	it("shunt uninstall leaves no object in the cluster that was not there before", async () => {
		await removeNamespaces(place);
		await uninstall();
		await kubectl("wait", "--for=delete", "namespace/shunt", "--timeout=90s");
		expect(await allObjects()).toEqual(objectsBefore);
	});
});
