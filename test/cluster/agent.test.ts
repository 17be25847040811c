import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readPodFile } from "../../src/cni/pod-file.ts";
import { bridgeList, NodeFolders } from "../agent/support/node-folders.ts";
import { RuntimeNamespaces } from "../agent/support/runtime-namespaces.ts";
import { parsePolicy, standardStamp } from "../agent/support/stamps.ts";
import { ControlPlane } from "../support/control-plane/control-plane.ts";
import { becomes, succeed } from "../support/control-plane/running-injector.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const shunt = `${root}bin/shunt`;
const taint = "shunt.dev/agent-not-ready";
const everything = [
	...["watchPods=true", `removeTaint=${taint}`, "iptablesMode=nft", "reportDialects=true"],
	...["repairController.enabled=true", "repairController.deletePodsPerMinute=60"],
].join(",");

let plane: ControlPlane;
let folders: NodeFolders;
let namespaces: RuntimeNamespaces;

beforeAll(async () => {
	plane = await ControlPlane.start();
	folders = new NodeFolders();
	namespaces = new RuntimeNamespaces();
}, 1_800_000);

afterAll(async () => {
	await plane?.stop();
	namespaces?.remove();
	folders?.remove();
});

function apply(object: object | string, ...flags: string[]): string {
	const input = typeof object === "string" ? object : JSON.stringify(object);
	return succeed(plane.run("kubectl", ["apply", "-f", "-", ...flags], { input })).stdout;
}

/** As a kubelet or a controller does. */
function patchStatus(kind: string, name: string, status: object): void {
	const place = kind === "daemonset" ? ["-n", "shunt-cni"] : [];
	const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
	succeed(plane.run("kubectl", ["patch", kind, name, ...place, ...patch]));
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
		const text = installCni("--set", everything);
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
		namespaces.make("web-0", "10.78.0.1");
		patchStatus("pod", "web-0", { phase: "Running", podIP: "10.78.0.1", podIPs: [{ ip: "10.78.0.1" }] });
		folders.write("10-a.conflist", bridgeList);
		const token = succeed(
			plane.run("kubectl", ["create", "token", "shunt-cni", "-n", "shunt-cni"]),
		).stdout.trim();
		const { child, log } = plane.launch(shunt, [
			"agent",
			...[`--config=${folders.config}`, `--program=${folders.program}`, `--run-dir=${folders.runDir}`],
			...[`--net-dir=${folders.netDir}`, `--bin-dir=${folders.binDir}`, "--node=node-1", "--watch-pods"],
			...[`--remove-taint=${taint}`, `--kubeconfig=${plane.kubeconfigFor(token)}`, "--check-interval=1s"],
			...["--repair", `--netns-dir=${namespaces.folder}`, "--report-dialects"],
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
		const annotated = ["get", "node", "node-1", "-o", "jsonpath={.metadata.annotations}"];
		await becomes(() => succeed(plane.run("kubectl", annotated)).stdout, /shunt\.dev\/node-dialects/);
		const events = [
			"get",
			"events",
			"--field-selector",
			"involvedObject.name=web-0",
			"-o",
			"jsonpath={.items[*].reason}",
		];
		await becomes(() => succeed(plane.run("kubectl", events)).stdout, /RulesMended/);
		plane.run("kubectl", ["delete", "pod", "web-0", "--grace-period=0", "--force"]);
		await becomes(() => String(existsSync(path)), /false/);
		expect(log.join("")).not.toMatch(/"level":"(error|warning)"/);
	});

	it.each([
		["list", "pods", "yes"],
		["watch", "namespaces", "yes"],
		["patch", "nodes", "yes"],
		["patch", "nodes/status", "yes"],
		["create", "events", "yes"],
		["delete", "pods", "yes"],
		["update", "nodes", "no"],
		["list", "events", "no"],
		["get", "secrets", "no"],
		["list", "configmaps", "no"],
		["patch", "pods", "no"],
		["create", "pods", "no"],
		["update", "daemonsets.apps", "no"],
	])("its account may %s %s: %s", (verb, resource, answer) => {
		const account = "system:serviceaccount:shunt-cni:shunt-cni";
		const [kind, subresource] = resource.split("/");
		const about = subresource === undefined ? [] : [`--subresource=${subresource}`];
		const ask = ["auth", "can-i", verb, kind ?? "", ...about, "-n", "shunt-cni", "--as", account];
		expect(plane.run("kubectl", ask).stdout.trim()).toBe(answer);
	});

	it("is looked at by shunt check", () => {
		const { stdout } = plane.run(shunt, ["check", "-o", "json", "--wait", "0"]);
		const { categories } = JSON.parse(stdout);
		const found = categories.find(({ name }: { name: string }) => name === "cni").checks;
		expect(found.map(({ id, result }: { id: string; result: string }) => `${id}: ${result}`)).toEqual([
			...["cni-installed: ok", "cni-rights: ok", "cni-version: ok", "cni-agents: ok", "cni-node-modes: ok"],
		]);
	});

	it("goes when the plugin is out of the nodes, and not before", () => {
		expect(plane.run(shunt, ["uninstall", "--cni"])).toMatchObject({ status: 1, stdout: "" });
		apply(installCni("--set", `${everything},uninstall=true`));
		const { metadata } = parse(
			succeed(plane.run("kubectl", ["get", "daemonset", "shunt-cni", "-n", "shunt-cni", "-o", "yaml"]))
				.stdout,
		);
		// No controller runs here.
		const counts = { currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 1 };
		patchStatus("daemonset", "shunt-cni", {
			...counts,
			numberReady: 0,
			observedGeneration: metadata.generation,
		});
		expect(plane.run(shunt, ["uninstall", "--cni"]).status).toBe(1);
		patchStatus("daemonset", "shunt-cni", { ...counts, numberReady: 1, updatedNumberScheduled: 1 });
		const printed = succeed(plane.run(shunt, ["uninstall", "--cni"])).stdout;
		succeed(plane.run("kubectl", ["delete", "--wait=false", "-f", "-"], { input: printed }));
		expect(plane.run("kubectl", ["get", "clusterrole", "shunt-cni"]).stderr).toContain("not found");
		expect(plane.run("kubectl", ["get", "daemonset", "-n", "shunt-cni"]).stderr).toContain("No resources");
	});
});
