import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../support/api-server/api-server.ts";
import { check, checkJson, find, shortcomings } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
});
afterEach(() => api.stop());

describe("check --pre", () => {
	it("passes on a cluster with nothing on it, and says nothing of what is not installed yet", async () => {
		const checked = await checkJson(api, ["--pre"]);
		expect(checked.status).toBe(0);
		expect(shortcomings(checked)).toEqual([]);
		expect(checked.categories.map(({ name }) => name)).toEqual([
			"kubernetes-api",
			"kubernetes-version",
			"pre-installation",
		]);
	});

	it("says that a release is there", async () => {
		installRelease(api);
		const checked = await checkJson(api, ["--pre"]);
		expect(checked.status).toBe(1);
		expect(find(checked, "pre-not-installed").message).toContain("shunt upgrade");
	});

	it("says which objects of a release in another namespace are in the way", async () => {
		installRelease(api, {}, "elsewhere");
		const checked = await checkJson(api, ["--pre"]);
		expect(find(checked, "pre-not-installed").result).toBe("ok");
		expect(find(checked, "pre-cluster-objects")).toMatchObject({
			result: "failed",
			details: [
				"ClusterRole shunt-injector",
				"ClusterRoleBinding shunt-injector",
				"MutatingWebhookConfiguration shunt-injector",
			],
		});
	});

	it("says with which value pods that have IPv6 first get a proxy", async () => {
		api.putOwnService("IPv6");
		expect(find(await checkJson(api, ["--pre"]), "pre-families")).toMatchObject({
			result: "warning",
			message: expect.stringContaining("--set disableIPv6=false"),
		});
		api.putOwnService("IPv4", "IPv6");
		expect(find(await checkJson(api, ["--pre"]), "pre-families").result).toBe("ok");
	});

	it("says all that may not be created, and where", async () => {
		api.allows = ({ verb, resource }) =>
			verb !== "create" || !["clusterroles", "secrets"].includes(resource ?? "");
		const checked = await checkJson(api, ["--pre", "-n", "mesh"]);
		expect(checked.status).toBe(1);
		expect(find(checked, "pre-create").details).toEqual(["clusterroles", "secrets in mesh"]);
	});
});

describe("flags that make no sense", () => {
	it.each([
		[["--pre", "--proxy"], /^shunt check: --proxy: makes no sense with --pre/],
		[["--set", "a=b"], /^shunt check: --values, --set …: say nothing without --probe-nodes/],
		[["--probe-namespace", "x"], /^shunt check: --probe-namespace: says nothing without --probe-nodes/],
		[["--wait", "soon"], /^shunt check: --wait: "soon" is not a valid duration/],
		[["--namespace", "No"], /^shunt check: --namespace: "No" is not a namespace/],
		[["--context", "nope"], /^shunt check: --context: "nope" is no context/],
		[["--pre", "--probe-nodes", "--set", "proxyInit.iptablesMode=nftt"], /nftt/],
		[["--pre", "--probe-nodes", "-f", "/nonexistent"], /nonexistent/],
	] as const)("%j: exit 64, and the cluster is not asked", async (args, message) => {
		const checked = await check(api, args);
		expect(checked.status).toBe(64);
		expect(checked.stdout).toBe("");
		expect(checked.stderr).toMatch(message);
		expect(api.seen).toEqual([]);
	});

	it("are all told at once", async () => {
		const { stderr } = await check(api, ["--pre", "--proxy", "--wait", "soon", "--set", "a=b"]);
		expect(stderr.trim().split("\n")).toHaveLength(3);
	});

	it("are different from no cluster at all", async () => {
		const world = { env: { HOME: "/nonexistent" } };
		const checked = await check(api, [], { world });
		expect(checked.status).toBe(1);
		expect(checked.stderr).toContain("no kubeconfig names a cluster");
	});
});
