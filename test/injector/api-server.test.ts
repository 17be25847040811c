import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectCluster } from "../../src/injector/kubernetes-cluster.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { Mount } from "./support/mount.ts";

/** The stub is what other tests stand on, so it is tested with the client that everybody uses. */
let api: ApiServer;
let core: CoreV1Api;

beforeAll(async () => {
	api = await ApiServer.start();
	const config = new KubeConfig();
	config.loadFromString(api.kubeconfig);
	core = config.makeApiClient(CoreV1Api);
});

afterAll(() => api.stop());

const podOf = (name: string, nodeName: string): V1Pod => ({
	metadata: { name, labels: { app: name } },
	spec: { nodeName, containers: [] },
});

describe("the API server of the tests", () => {
	it("creates, reads, replaces and deletes", async () => {
		const place = { namespace: "web", name: "a" };
		const created = await core.createNamespacedPod({ namespace: "web", body: podOf("a", "one") });
		expect(created.metadata).toMatchObject({ namespace: "web", uid: expect.any(String) });
		await expect(
			core.createNamespacedPod({ namespace: "web", body: podOf("a", "one") }),
		).rejects.toMatchObject({
			code: 409,
		});
		const read = await core.readNamespacedPod(place);
		const replaced = await core.replaceNamespacedPod({
			...place,
			body: { ...read, spec: { containers: [] } },
		});
		expect(replaced.metadata?.uid).toBe(created.metadata?.uid);
		await expect(core.replaceNamespacedPod({ ...place, body: read })).rejects.toMatchObject({ code: 409 });
		await expect(
			core.deleteNamespacedPod({ ...place, body: { preconditions: { uid: "of another" } } }),
		).rejects.toMatchObject({ code: 409 });
		await core.deleteNamespacedPod(place);
		await expect(core.readNamespacedPod(place)).rejects.toMatchObject({ code: 404 });
	});

	it("lists what selectors select", async () => {
		for (const [name, node] of [
			["b", "one"],
			["c", "two"],
			["d", "two"],
		] as const) {
			await core.createNamespacedPod({ namespace: "web", body: podOf(name, node) });
		}
		const names = async (query: { fieldSelector?: string; labelSelector?: string }) =>
			(await core.listPodForAllNamespaces(query)).items.map(({ metadata }) => metadata?.name);
		expect(await names({ fieldSelector: "spec.nodeName=two" })).toEqual(["c", "d"]);
		expect(await names({ labelSelector: "app!=c", fieldSelector: "spec.nodeName=two" })).toEqual(["d"]);
		expect(await names({ labelSelector: "app" })).toEqual(["b", "c", "d"]);
		expect((await core.listNamespacedPod({ namespace: "other" })).items).toEqual([]);
	});

	it("turns away who has no token", async () => {
		const config = new KubeConfig();
		config.loadFromString(api.kubeconfig.replace(api.token, "another"));
		await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toMatchObject({ code: 401 });
	});
});

describe("the namespaces of a cluster", () => {
	it("are listed over all pages", async () => {
		for (let number = 0; number < 1234; number++) {
			api.putNamespace(`n-${number}`, { number: `${number}` });
		}
		const { namespaces, resourceVersion } = await connected().listNamespaces();
		expect(namespaces).toHaveLength(1234);
		expect(namespaces.at(-1)).toEqual({ name: "n-1233", annotations: { number: "1233" } });
		expect(resourceVersion).toBe(`${api.store.version}`);
		expect(api.seen.filter(({ path }) => path === "/api/v1/namespaces")).toHaveLength(4);
	});

	it("are watched from a version on, with bookmarks, until it is gone", async () => {
		const cluster = connected();
		const from = `${api.store.version}`;
		api.putNamespace("missed");
		const changes: unknown[] = [];
		const stop = new AbortController();
		const watch = cluster.watchNamespaces(from, (change) => changes.push(change), stop.signal);
		const until = async (count: number) => {
			while (changes.length < count) {
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		};
		await until(1);
		api.store.delete("v1/namespaces", "/missed");
		api.watches.bookmark({ apiVersion: "v1", kind: "Namespace" });
		await until(3);
		expect(changes).toMatchObject([
			{ kind: "set", namespace: { name: "missed" } },
			{ kind: "deleted", name: "missed" },
			{ kind: "bookmark", resourceVersion: `${api.store.version}` },
		]);
		api.watches.expire();
		await expect(watch).rejects.toMatchObject({ name: "VersionGone" });
		api.store.compact();
		await expect(cluster.watchNamespaces(from, () => undefined, stop.signal)).rejects.toMatchObject({
			name: "VersionGone",
		});
	});

	it("are watched until somebody stops it", async () => {
		const stop = new AbortController();
		const watch = connected().watchNamespaces(`${api.store.version}`, () => undefined, stop.signal);
		while (api.watches.count === 0) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		stop.abort();
		await expect(watch).rejects.toThrow();
		while (api.watches.count > 0) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	});
});

function connected() {
	const mount = new Mount({ kubeconfig: api.kubeconfig });
	try {
		const cluster = connectCluster(mount.path("kubeconfig"));
		if (!cluster.ok) {
			throw new Error(JSON.stringify(cluster.problems));
		}
		return cluster.value;
	} finally {
		mount.remove();
	}
}
