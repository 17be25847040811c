import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readPodFile } from "../../src/cni/pod-file.ts";
import { bridgeList, NodeFolders } from "../agent/support/node-folders.ts";
import { parsePolicy, standardStamp } from "../agent/support/stamps.ts";
import { ControlPlane } from "../support/control-plane/control-plane.ts";
import { becomes, succeed } from "../support/control-plane/running-injector.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const shunt = `${root}bin/shunt`;
const taint = "shunt.dev/agent-not-ready";

let plane: ControlPlane;
let folders: NodeFolders;

beforeAll(async () => {
	plane = await ControlPlane.start();
	folders = new NodeFolders();
}, 1_800_000);

afterAll(async () => {
	await plane?.stop();
	folders?.remove();
});

function apply(object: object | string, ...flags: string[]): string {
	const input = typeof object === "string" ? object : JSON.stringify(object);
	return succeed(plane.run("kubectl", ["apply", "-f", "-", ...flags], { input })).stdout;
}

function installCni(...args: string[]): string {
	return succeed(plane.run(shunt, ["install-cni", ...args])).stdout;
}

/** The tests follow one another, as an administrator's day does. */
describe("on a real API server", () => {
	it.each(["none", "values-gke.yaml", "values-openshift.yaml"])(
		"what shunt install-cni prints is applied, field for field, with %s",
		(file) => {
			const text = installCni(...(file === "none" ? [] : ["-f", `${root}charts/shunt-cni/${file}`]));
			apply(text, "--validate=strict");
			expect(succeed(plane.run("kubectl", ["diff", "-f", "-"], { input: text })).stdout).toBe("");
		},
	);

	it("applying it again upgrades it", () => {
		const text = installCni("--set", `watchPods=true,removeTaint=${taint},iptablesMode=nft`);
		expect(apply(text, "--validate=strict")).toContain("daemonset.apps/shunt-cni configured");
		const set = plane.run("kubectl", ["get", "daemonset", "shunt-cni", "-n", "shunt-cni", "-o", "yaml"]);
		expect(parse(succeed(set).stdout).spec.template.spec.containers[0].args).toContain("--watch-pods");
	});

	it("the agent, with the rights that the chart gives it and no more, does what it is told", async () => {
		apply({
			apiVersion: "v1",
			kind: "Node",
			metadata: { name: "node-1" },
			spec: { taints: [{ key: taint, effect: "NoSchedule" }] },
		});
		const annotations = { "shunt.dev/redirect": standardStamp };
		apply({
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "web-0", namespace: "default", annotations },
			spec: { nodeName: "node-1", containers: [{ name: "app", image: "app:1" }] },
		});
		folders.write("10-a.conflist", bridgeList);
		const token = succeed(
			plane.run("kubectl", ["create", "token", "shunt-cni", "-n", "shunt-cni"]),
		).stdout.trim();
		const { child, log } = plane.launch(shunt, [
			"agent",
			...[`--config=${folders.config}`, `--program=${folders.program}`, `--run-dir=${folders.runDir}`],
			...[`--net-dir=${folders.netDir}`, `--bin-dir=${folders.binDir}`, "--node=node-1", "--watch-pods"],
			...[`--remove-taint=${taint}`, `--kubeconfig=${plane.kubeconfigFor(token)}`, "--check-interval=1s"],
		]);
		const path = join(folders.runDir, "pods", "default_web-0.json");
		await becomes(() => {
			expect(child.exitCode, log.join("")).toBeNull();
			return String(existsSync(path));
		}, /true/);
		const asked = { namespace: "default", name: "web-0", uid: undefined };
		expect(readPodFile(readFileSync(path, "utf8"), path, asked)).toEqual({
			kind: "redirect",
			policy: parsePolicy(standardStamp),
		});
		const taints = ["get", "node", "node-1", "-o", "jsonpath=[{.spec.taints}]"];
		await becomes(() => succeed(plane.run("kubectl", taints)).stdout, /^\[(?!.*agent-not-ready)/);
		plane.run("kubectl", ["delete", "pod", "web-0", "--grace-period=0", "--force"]);
		await becomes(() => String(existsSync(path)), /false/);
		expect(log.join("")).not.toMatch(/"level":"(error|warning)"/);
	});

	it.each([
		["list", "pods", "yes"],
		["watch", "namespaces", "yes"],
		["patch", "nodes", "yes"],
		["get", "secrets", "no"],
		["list", "configmaps", "no"],
		["delete", "pods", "no"],
		["patch", "pods", "no"],
		["create", "pods", "no"],
		["update", "daemonsets.apps", "no"],
	])("its account may %s %s: %s", (verb, resource, answer) => {
		const account = "system:serviceaccount:shunt-cni:shunt-cni";
		const ask = ["auth", "can-i", verb, resource, "-n", "shunt-cni", "--as", account];
		expect(plane.run("kubectl", ask).stdout.trim()).toBe(answer);
	});

	it("is gone when what was printed is deleted", () => {
		const text = installCni("--set", `watchPods=true,removeTaint=${taint}`);
		succeed(plane.run("kubectl", ["delete", "--wait=false", "-f", "-"], { input: text }));
		expect(plane.run("kubectl", ["get", "clusterrole", "shunt-cni"]).stderr).toContain("not found");
	});
});
