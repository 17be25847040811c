import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { version } from "../../src/domain/version.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { Status } from "../support/api-server/status.ts";
import type { ApiObject } from "../support/api-server/store.ts";
import { checkJson, find, shortcomings } from "./support/checking.ts";
import { installCni, installRelease, putAgent } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
});
afterEach(() => api.stop());

/** A pod that the plugin makes rules for. */
function putMeshed(name: string, node: string | undefined, more: object = {}): void {
	api.store.put("v1/pods", {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "web", annotations: {} },
		spec: {
			containers: [{ name: "app" }, { name: "shunt-proxy" }],
			...(node === undefined ? {} : { nodeName: node }),
			...more,
		},
		status: { phase: "Running" },
	});
}

function change(collection: string, key: string, by: (object: ApiObject) => object): void {
	const found = api.store.get(collection, key);
	if (found === undefined) {
		throw new Error(`there is no ${key}`);
	}
	api.store.put(collection, { ...found, ...by(structuredClone(found)) });
}

describe("a release that needs the CNI plugin", () => {
	beforeEach(() => installRelease(api, { cniEnabled: true }));

	it("passes with agents that are ready where such pods are", async () => {
		installCni(api, {}, ["node-1", "node-2"]);
		putMeshed("a", "node-1");
		putMeshed("b", "node-1");
		putMeshed("waiting", undefined);
		const checked = await checkJson(api, []);
		expect(shortcomings(checked).filter((line) => line.startsWith("cni-"))).toEqual([]);
		expect(find(checked, "cni-installed").note).toBe("in namespace shunt-cni");
		expect(find(checked, "cni-version").note).toBe(version);
		expect(find(checked, "cni-agents").note).toBe("1 node with such pods, 2 agents");
		expect(find(checked, "cni-node-modes").note).toContain("the value reportDialects");
	});

	it("fails without it, and with one that is on its way out", async () => {
		const without = await checkJson(api, []);
		expect(without.status).toBe(1);
		expect(find(without, "cni-installed")).toMatchObject({
			result: "failed",
			message: "there is no DaemonSet shunt-cni, so injected pods come without rules",
			hint: expect.stringContaining("#cni-installed"),
		});
		expect(find(without, "cni-agents").result).toBe("skipped");
		installCni(api, { uninstall: true });
		expect(find(await checkJson(api, []), "cni-installed")).toMatchObject({
			result: "failed",
			message: "the agents take the plugin out of the nodes, and the release needs it",
		});
	});

	it("fails where nodes with such pods have no agent that is ready, and names them", async () => {
		installCni(api, {}, ["node-1"]);
		putAgent(api, "node-2", "False");
		putMeshed("a", "node-1");
		putMeshed("b", "node-2");
		putMeshed("c", "node-3");
		putMeshed("d", "node-3");
		const checked = await checkJson(api, []);
		expect(checked.status).toBe(1);
		expect(find(checked, "cni-agents")).toMatchObject({
			result: "failed",
			message: "2 of 3 nodes have none",
			details: [
				"node-2 (1 pod): shunt-cni/shunt-cni-node-2 is not ready",
				"node-3 (2 pods): there is no agent",
			],
		});
	});

	it("warns of agents that are not ready where no such pods are, and of other versions", async () => {
		installCni(api, {}, ["node-1"]);
		putAgent(api, "node-2", "False");
		// Its rules are its init container's.
		putMeshed("own", "node-2", { initContainers: [{ name: "shunt-init", args: [] }] });
		change("apps/v1/daemonsets", "shunt-cni/shunt-cni", ({ metadata }) => ({
			metadata: {
				...metadata,
				labels: { ...(metadata["labels"] as object), "app.kubernetes.io/version": "0.0.1" },
			},
		}));
		const checked = await checkJson(api, []);
		expect(find(checked, "cni-agents")).toMatchObject({
			result: "warning",
			details: ["shunt-cni/shunt-cni-node-2"],
		});
		expect(find(checked, "cni-version")).toMatchObject({
			result: "warning",
			message: `they are of version 0.0.1, and this program is of ${version}`,
		});
	});

	it("fails where it is there twice", async () => {
		installCni(api);
		const set = api.store.get("apps/v1/daemonsets", "shunt-cni/shunt-cni");
		api.store.put("apps/v1/daemonsets", {
			...(set as ApiObject),
			metadata: { ...(set as ApiObject).metadata, namespace: "kube-system" },
		});
		expect(find(await checkJson(api, []), "cni-installed")).toMatchObject({
			result: "failed",
			details: ["shunt-cni", "kube-system"],
		});
	});

	it("does not say that there is none where nobody may look", async () => {
		installCni(api);
		api.obstacle = ({ path }) =>
			path.endsWith("/daemonsets") ? new Status(403, "Forbidden", "no daemonsets for you") : undefined;
		expect(find(await checkJson(api, []), "cni-installed")).toMatchObject({
			result: "warning",
			message: expect.stringContaining("no daemonsets for you"),
		});
	});
});

describe("a release that needs none", () => {
	it("passes without it, and has it looked at where it is there", async () => {
		installRelease(api);
		const without = await checkJson(api, []);
		expect(shortcomings(without)).toEqual([]);
		expect(find(without, "cni-agents").note).toBe("there is none, and the release needs none");
		installCni(api, { uninstall: true });
		expect(find(await checkJson(api, []), "cni-installed").result).toBe("warning");
	});

	it("may be Linkerd's: what is about the plugin comes first", async () => {
		installCni(api);
		const checked = await checkJson(api, []);
		expect(find(checked, "cni-installed").result).toBe("ok");
		expect(find(checked, "config-exists").result).toBe("failed");
	});
});

describe("the agents' rights", () => {
	const everything = {
		...{ watchPods: true, reportDialects: true, removeTaint: "not-ready" },
		repairController: { enabled: true, deletePodsPerMinute: 1 },
	};

	it.each([[{}], [everything]])("are what the chart gives them, with %j", async (values) => {
		installCni(api, values);
		expect(find(await checkJson(api, []), "cni-rights").result).toBe("ok");
	});

	it("are missed one by one", async () => {
		installCni(api, everything);
		change("rbac.authorization.k8s.io/v1/clusterroles", "/shunt-cni", () => ({
			rules: [{ apiGroups: [""], resources: ["pods", "nodes"], verbs: ["*"] }],
		}));
		change("rbac.authorization.k8s.io/v1/clusterrolebindings", "/shunt-cni", () => ({
			subjects: [{ kind: "ServiceAccount", name: "shunt-cni", namespace: "elsewhere" }],
		}));
		api.store.delete("v1/serviceaccounts", "shunt-cni/shunt-cni");
		expect(find(await checkJson(api, []), "cni-rights")).toMatchObject({
			result: "failed",
			details: [
				"ServiceAccount shunt-cni in namespace shunt-cni",
				"the right to list namespaces",
				"the right to watch namespaces",
				"the right to create events",
				"the right to patch nodes/status",
				"ClusterRoleBinding shunt-cni of that role to ServiceAccount shunt-cni/shunt-cni",
			],
		});
		api.store.delete("rbac.authorization.k8s.io/v1/clusterroles", "/shunt-cni");
		expect(find(await checkJson(api, []), "cni-rights").details).toContain("ClusterRole shunt-cni");
	});
});

describe("the nodes' modes", () => {
	function putNode(name: string, annotation?: object | string, os = "linux"): void {
		const text = typeof annotation === "string" ? annotation : JSON.stringify(annotation);
		api.store.put("v1/nodes", {
			metadata: {
				name,
				...(annotation === undefined ? {} : { annotations: { "shunt.dev/node-dialects": text } }),
			},
			status: { nodeInfo: { operatingSystem: os } },
		});
	}
	const both = { version: 1, kernel: "6.1", mode: "nft", working: ["legacy", "nft"], failures: {} };
	const old = {
		...{ version: 1, kernel: "4.4", mode: "legacy", working: ["legacy"] },
		failures: { nft: "kernel has no nf_tables" },
	};

	it.each([
		["auto", "ok", "mode auto"],
		["iptables", "ok", "mode legacy"],
		["nft", "failed", "1 of 2 cannot serve mode nft"],
	])("are held against mode %s: %s", async (iptablesMode, result, said) => {
		installCni(api, { reportDialects: true, iptablesMode });
		putNode("new", both);
		putNode("old", old);
		putNode("windows", undefined, "windows");
		const found = find(await checkJson(api, []), "cni-node-modes");
		expect([found.result, found.note ?? found.message]).toEqual([result, said]);
		expect(found.details).toEqual([
			"new: can serve legacy, nft (Linux 6.1)",
			`old: can serve legacy (Linux 4.4)${result === "ok" ? "" : "; nft: kernel has no nf_tables"}`,
		]);
	});

	it.each([undefined, "{", { ...both, version: 2 }])(
		"are not known where the annotation is %j",
		async (annotation) => {
			installCni(api, { reportDialects: true });
			putNode("odd", annotation);
			expect(find(await checkJson(api, []), "cni-node-modes")).toMatchObject({
				result: "warning",
				details: ["odd: has no annotation shunt.dev/node-dialects that can be read"],
			});
		},
	);

	it("cannot be judged without the plugin's configuration", async () => {
		installCni(api, { reportDialects: true });
		putNode("new", both);
		api.store.delete("v1/configmaps", "shunt-cni/shunt-cni-config");
		expect(find(await checkJson(api, []), "cni-node-modes").result).toBe("failed");
	});
});
