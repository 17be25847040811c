import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { redirectAnnotation } from "../../src/policy/annotation-keys.ts";
import { installCni } from "../check/support/release.ts";
import { Status } from "../support/api-server/status.ts";
import { Installation, objectsOf } from "./support/installation.ts";

let cluster: Installation;

beforeEach(async () => {
	cluster = await Installation.start();
});
afterEach(async () => {
	await cluster.stop();
});

function names(text: string): string[] {
	return objectsOf(text).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
}

function putPod(name: string, namespace: string, annotations: Record<string, string> = {}): void {
	const metadata = { name, namespace, annotations };
	cluster.api.store.put("v1/pods", { apiVersion: "v1", kind: "Pod", metadata });
}

describe("shunt uninstall", () => {
	it("prints everything that was installed, and nothing else", async () => {
		const args = ["--ha", "--set", "networkPolicy.enabled=true"];
		const { stdout: installed } = await cluster.apply("install", ...args);
		cluster.api.store.put("v1/configmaps", {
			apiVersion: "v1",
			kind: "ConfigMap",
			metadata: { name: "somebody-else's", namespace: "shunt" },
		});
		const { status, stdout, stderr } = await cluster.run("uninstall");
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(names(stdout).toSorted()).toEqual(names(installed).toSorted());
		expect(names(stdout)[0]).toBe("MutatingWebhookConfiguration /shunt-injector");
		expect(names(stdout).at(-1)).toBe("Namespace /shunt");
		expect(objectsOf(stdout).every(({ apiVersion }) => apiVersion !== undefined)).toBe(true);
		expect(stdout).not.toMatch(/^(?:data|spec):/m);
	});

	it("leaves a namespace that it did not make, or in which others live", async () => {
		cluster.api.putNamespace("shunt");
		await cluster.apply("install", "--set", "installNamespace=false");
		expect(names((await cluster.run("uninstall")).stdout)).not.toContain("Namespace /shunt");
		await cluster.apply("upgrade", "--set", "installNamespace=true");
		expect(names((await cluster.run("uninstall")).stdout)).toContain("Namespace /shunt");
		putPod("guest", "shunt");
		const { status, stdout, stderr } = await cluster.run("uninstall");
		expect(status).toBe(0);
		expect(names(stdout)).not.toContain("Namespace /shunt");
		expect(stderr).toContain("the namespace shunt is left, as it holds pods that are not Shunt's: guest");
	});

	it("leaves a namespace over which it was only applied", async () => {
		const { stdout } = await cluster.apply("install");
		const namespace = objectsOf(stdout).find(({ kind }) => kind === "Namespace")!;
		const labels = (...names: string[]) => ({
			fieldsV1: { "f:metadata": { "f:labels": Object.fromEntries(names.map((name) => [`f:${name}`, {}])) } },
		});
		const [name, ours] = ["kubernetes.io/metadata.name", "app.kubernetes.io/name"];
		const put = (...managedFields: object[]) =>
			cluster.api.store.put("v1/namespaces", {
				...namespace,
				metadata: { ...namespace.metadata, managedFields } as typeof namespace.metadata,
			});
		put(labels(name), labels(ours));
		expect(names((await cluster.run("uninstall")).stdout)).not.toContain("Namespace /shunt");
		put(labels(name, ours), labels("team"));
		expect(names((await cluster.run("uninstall")).stdout)).toContain("Namespace /shunt");
	});

	it("never names one of Kubernetes' own, whatever labels it has", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const namespace = objectsOf(stdout).find(({ kind }) => kind === "Namespace")!;
		await cluster.apply("install", "-n", "default");
		cluster.api.store.put("v1/namespaces", {
			...namespace,
			metadata: { ...namespace.metadata, name: "default" },
		});
		const { status, stdout: printed } = await cluster.run("uninstall", "-n", "default");
		expect(status).toBe(0);
		expect(names(printed)).toContain("ConfigMap default/shunt-config");
		expect(printed).not.toContain("kind: Namespace");
	});

	it("leaves a namespace in which others have what they would miss", async () => {
		await cluster.apply("install");
		for (const [collection, kind] of [
			["v1/services", "Service"],
			["apps/v1/deployments", "Deployment"],
		] as const) {
			const apiVersion = collection.slice(0, collection.lastIndexOf("/"));
			cluster.api.store.put(collection, { apiVersion, kind, metadata: { name: "data", namespace: "shunt" } });
		}
		const { stdout, stderr } = await cluster.run("uninstall");
		expect(names(stdout)).not.toContain("Namespace /shunt");
		expect(stderr).toBe(
			"the namespace shunt is left, as it holds services that are not Shunt's: data; deployments that are not Shunt's: data\n",
		);
	});

	it("refuses while pods are injected, unless it is forced to", async () => {
		await cluster.apply("install");
		putPod("web", "shop", { [redirectAnnotation]: "{}" });
		const refused = await cluster.run("uninstall");
		expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 1, stdout: "" });
		expect(refused.stderr).toContain("1 workload still has the proxy:\n  pod/web in shop (1 pod)\n");
		expect(refused.stderr).toContain("--force");
		const forced = await cluster.run("uninstall", "--force");
		expect(forced.status).toBe(0);
		expect(names(forced.stdout)).toContain("Namespace /shunt");
		expect(forced.stderr).toContain("they keep it until they restart");
	});

	it("finds nothing where nothing is", async () => {
		const { status, stdout, stderr } = await cluster.run("uninstall");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toBe("shunt uninstall: nothing of Shunt is installed in the namespace shunt\n");
	});

	it("prints nothing when it may not look everywhere", async () => {
		await cluster.apply("install");
		cluster.api.obstacle = ({ path }) =>
			path.includes("/secrets") ? new Status(403, "Forbidden", "secrets is forbidden") : undefined;
		const { status, stdout, stderr } = await cluster.run("uninstall");
		expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
		expect(stderr).toContain("secrets is forbidden");
	});

	it.each(["on", "y", "0b11"])(
		"writes a name in quotes that kubectl would take for something else: %s",
		async (name) => {
			await cluster.apply("install", "-n", name);
			const { status, stdout } = await cluster.run("uninstall", "-n", name);
			expect(status).toBe(0);
			expect(stdout).toContain(`\n  namespace: "${name}"\n`);
			expect(stdout).not.toContain(`: ${name}\n`);
		},
	);

	it("needs a cluster, and a namespace", async () => {
		expect((await cluster.run("uninstall", "-n", "A B")).status).toBe(64);
		cluster.env = { HOME: "/nonexistent" };
		const { status, stderr } = await cluster.run("uninstall");
		expect(status).toBe(1);
		expect(stderr).toContain("--kubeconfig");
	});
});

describe("shunt uninstall --cni", () => {
	const key = "shunt-cni/shunt-cni";

	/** The DaemonSet's controller has got so far. */
	function roll(status: { readonly ready: number; readonly updated: number; readonly seen?: number }): void {
		const set = cluster.api.store.get("apps/v1/daemonsets", key)!;
		cluster.api.store.put("apps/v1/daemonsets", {
			...set,
			metadata: { ...set.metadata, generation: 2 } as typeof set.metadata,
			status: {
				...{ desiredNumberScheduled: 3, numberReady: status.ready, observedGeneration: status.seen ?? 2 },
				updatedNumberScheduled: status.updated,
			},
		});
	}

	it("prints the plugin's objects once it is out of the nodes, the agents first", async () => {
		installCni(cluster.api, { uninstall: true, watchPods: true });
		roll({ ready: 3, updated: 3 });
		const { status, stdout, stderr } = await cluster.run("uninstall", "--cni");
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(names(stdout)).toEqual([
			"DaemonSet shunt-cni/shunt-cni",
			"ClusterRoleBinding /shunt-cni",
			"ClusterRole /shunt-cni",
			"ServiceAccount shunt-cni/shunt-cni",
			"ConfigMap shunt-cni/shunt-cni-config",
			"Namespace /shunt-cni",
		]);
	});

	it("refuses while the plugin is in the nodes' folders, and says how it comes out", async () => {
		installCni(cluster.api);
		roll({ ready: 3, updated: 3 });
		const refused = await cluster.run("uninstall", "--cni");
		expect([refused.status, refused.stdout]).toEqual([1, ""]);
		expect(refused.stderr).toContain(
			"shunt install-cni -n shunt-cni --set uninstall=true | kubectl apply -f -",
		);
		const forced = await cluster.run("uninstall", "--cni", "--force");
		expect(names(forced.stdout)[0]).toBe("DaemonSet shunt-cni/shunt-cni");
		expect(forced.stderr).toContain("it stays in their folders");
	});

	it.each([
		{ ready: 2, updated: 3 },
		{ ready: 3, updated: 1 },
		{ ready: 3, updated: 3, seen: 1 },
	])("refuses while the agents are at it: %j", async (status) => {
		installCni(cluster.api, { uninstall: true });
		roll(status);
		const refused = await cluster.run("uninstall", "--cni");
		expect([refused.status, refused.stdout]).toEqual([1, ""]);
		expect(refused.stderr).toContain("have not taken the plugin out of all nodes yet");
	});

	it("says where there is none", async () => {
		const { status, stderr } = await cluster.run("uninstall", "--cni");
		expect([status, stderr]).toEqual([1, expect.stringContaining("the CNI plugin is not installed")]);
	});

	it("is what the release's own uninstallation points at, where one may see it", async () => {
		await cluster.apply("install");
		installCni(cluster.api);
		const { status, stdout, stderr } = await cluster.run("uninstall");
		expect([status, stderr]).toEqual([
			0,
			expect.stringContaining("the CNI plugin in the namespace shunt-cni stays: --cni is for that"),
		]);
		expect(names(stdout).filter((name) => name.includes("shunt-cni"))).toEqual([]);
		cluster.api.obstacle = ({ path }) =>
			path === "/apis/apps/v1/daemonsets" ? new Status(403, "Forbidden", "no") : undefined;
		expect(await cluster.run("uninstall")).toMatchObject({ status: 0, stderr: "" });
	});
});
