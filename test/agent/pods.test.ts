import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPodFile } from "../../src/cni/pod-file.ts";
import { readText } from "../../src/host/node-files.ts";
import { Status } from "../support/api-server/status.ts";
import { AgentNode, type PodParts } from "./support/agent-node.ts";
import { AgentProcess } from "./support/agent-process.ts";
import { bridgeList, eventually } from "./support/node-folders.ts";
import { parsePolicy, standardStamp } from "./support/stamps.ts";

let node: AgentNode;
let folders: AgentNode["folders"];
let api: AgentNode["api"];

beforeEach(async () => {
	node = await AgentNode.make();
	({ folders, api } = node);
});

afterEach(() => node.remove());

function start(...flags: string[]): Promise<AgentProcess> {
	return node.start({ flags: ["--check-interval", "200ms", ...flags] });
}

const stamp = { "shunt.dev/redirect": standardStamp };
const stamped = annotated(stamp);

function annotated(annotations: Record<string, string>): PodParts {
	return { metadata: { annotations } };
}

function fileOf(name: string): string {
	return join(folders.runDir, "pods", `shop_${name}.json`);
}

function textOf(name: string): string | undefined {
	return readText(fileOf(name));
}

/** As the plugin reads it, which is called for a pod of that uid. */
function readAs(name: string, uid: string | undefined) {
	return readPodFile(textOf(name), fileOf(name), { namespace: "shop", name, uid });
}

function files(): readonly string[] {
	// Those that are being written are hidden.
	return folders.names(join(folders.runDir, "pods")).filter((name) => !name.startsWith("."));
}

describe("files about pods", () => {
	it("say to the plugin what the API server knows, of this node's pods alone", async () => {
		const before = node.putPod("before", stamped);
		node.putPod("elsewhere", { ...stamped, spec: { nodeName: "there" } });
		await start("--watch-pods");
		await eventually(() => files().length === 1);
		expect(readAs("before", before)).toEqual({ kind: "redirect", policy: parsePolicy(standardStamp) });
		expect(readAs("before", "another")).toMatchObject({ kind: "not-yet" });
		const after = node.putPod("after", stamped);
		await eventually(() => readAs("after", after).kind === "redirect");
		const plain = node.putPod("plain");
		await eventually(() => readAs("plain", plain).kind === "leave");
		expect(readAs("plain", plain)).toEqual({ kind: "leave", reason: "nothing says that it is meshed" });
		node.putPod("host", { ...stamped, spec: { hostNetwork: true } });
		node.putPod("over", { ...stamped, status: { phase: "Succeeded" } });
		const linkerds = node.putPod("linkerds", {
			...annotated({ "linkerd.io/proxy-version": "v2" }),
			spec: { initContainers: [{ name: "linkerd-init" }] },
		});
		await eventually(() => readAs("linkerds", linkerds).kind === "leave");
		expect(readAs("linkerds", linkerds)).toEqual({
			kind: "leave",
			reason: "it brings the init container linkerd-init, which makes its rules",
		});
		const ours = node.putPod("ours", { ...stamped, spec: { initContainers: [{ name: "shunt-init" }] } });
		await eventually(() => readAs("ours", ours).kind === "leave");
		// What the init container was told, so that whoever looks at the node can compare.
		expect(readAs("ours", ours)).toMatchObject({
			stamp: (readAs("after", after) as { policy?: unknown }).policy,
		});
		expect(files()).toEqual(
			["after", "before", "linkerds", "ours", "plain"].map((name) => `shop_${name}.json`),
		);
	});

	it("go with their pods, also with those that ended while nobody watched", async () => {
		node.putPod("a", stamped);
		node.putPod("b", stamped);
		const agent = await start("--watch-pods");
		await eventually(() => files().length === 2);
		api.store.delete("v1/pods", "shop/a");
		await eventually(() => files().length === 1);
		await agent.stop();
		api.store.delete("v1/pods", "shop/b");
		await start("--watch-pods");
		await eventually(() => files().length === 0);
	});

	it("are of the pod that has the name now", async () => {
		node.putPod("web-0", stamped);
		await start("--watch-pods");
		await eventually(() => files().length === 1);
		api.store.delete("v1/pods", "shop/web-0");
		const next = node.putPod("web-0", stamped);
		await eventually(() => readAs("web-0", next).kind === "redirect");
		node.putPod("static", annotated({ ...stamp, "kubernetes.io/config.hash": "manifest" }));
		await eventually(() => readAs("static", "manifest").kind === "redirect");
	});

	it("are none for a policy that nobody understands, and the agent says why", async () => {
		node.putPod("odd", annotated({ "shunt.dev/redirect": '{"families":["ipv5"]}' }));
		const agent = await start("--watch-pods");
		await eventually(() => agent.lines.some(({ pod, why }) => pod === "shop/odd" && /ipv5/.test(`${why}`)));
		expect(files()).toEqual([]);
		expect(await agent.metric('shunt_agent_pods{word="unclear"}')).toBe(1);
	});

	it("follow the configuration", async () => {
		writeFileSync(folders.config, '{"shunt":{"excludeNamespaces":["shop"]}}');
		const uid = node.putPod("a", stamped);
		await start("--watch-pods");
		await eventually(() => readAs("a", uid).kind === "leave");
		writeFileSync(folders.config, "{}");
		await eventually(() => readAs("a", uid).kind === "redirect");
	});

	it("come back when /run is lost", async () => {
		const uid = node.putPod("a", stamped);
		api.putNamespace("shop", { "shunt.dev/inject": "enabled" });
		await start("--watch-pods");
		await eventually(() => files().length === 1 && existsSync(join(folders.runDir, "node.json")));
		for (const name of readdirSync(folders.runDir)) {
			rmSync(join(folders.runDir, name), { recursive: true });
		}
		await eventually(() => readAs("a", uid).kind === "redirect");
		await eventually(() => existsSync(join(folders.runDir, "node.json")));
	});

	it("wait for room where there is something in the way", async () => {
		mkdirSync(folders.runDir, { recursive: true });
		writeFileSync(join(folders.runDir, "pods"), "in the way");
		const uid = node.putPod("a", stamped);
		const agent = await start("--watch-pods");
		await eventually(() => agent.lines.some(({ msg }) => /cannot be written/.test(`${msg}`)));
		expect((await agent.ask("/ready")).status).toBe(200);
		rmSync(join(folders.runDir, "pods"));
		await eventually(() => readAs("a", uid).kind === "redirect");
	});
});

describe("the record of the node", () => {
	const recorded = () => {
		const path = join(folders.runDir, "node.json");
		const text = readText(path);
		return text === undefined ? undefined : JSON.parse(text);
	};

	it("names the namespaces whose pods have to wait", async () => {
		api.putNamespace("shop", { "shunt.dev/inject": "enabled" });
		api.putNamespace("meshed", { "linkerd.io/inject": "ingress" });
		api.putNamespace("no", { "shunt.dev/inject": "disabled" });
		api.putNamespace("plain");
		await start("--watch-pods");
		await eventually(() => recorded() !== undefined);
		expect(recorded()).toEqual({ version: 1, namespaces: ["meshed", "shop"] });
		api.putNamespace("plain", { "shunt.dev/inject": "enabled" });
		api.store.delete("v1/namespaces", "/shop");
		await eventually(() => recorded().namespaces.join() === "meshed,plain");
	});

	it("goes when nobody writes files any more", async () => {
		api.putNamespace("shop", { "shunt.dev/inject": "enabled" });
		const agent = await start("--watch-pods");
		await eventually(() => recorded() !== undefined);
		await agent.stop();
		await start();
		await eventually(() => recorded() === undefined);
	});
});

describe("an API server that is gone", () => {
	it("keeps nothing from being installed, and is followed again when it is back", async () => {
		const gone = new Status(503, "ServiceUnavailable", "gone");
		api.obstacle = () => gone;
		const agent = await start("--watch-pods");
		expect((await agent.ask("/ready")).status).toBe(200);
		await eventually(() => agent.lines.some(({ msg }) => /cannot be followed/.test(`${msg}`)));
		const uid = node.putPod("a", stamped);
		api.obstacle = () => undefined;
		await eventually(() => readAs("a", uid).kind === "redirect");
		api.obstacle = () => gone;
		api.watches.cut();
		folders.write("10-a.conflist", bridgeList);
		await eventually(() => folders.plugins("10-a.conflist")?.length === 3);
		expect(readAs("a", uid).kind).toBe("redirect");
		const later = node.putPod("b", stamped);
		api.obstacle = () => undefined;
		await eventually(() => readAs("b", later).kind === "redirect");
		expect(await agent.metric("shunt_agent_watch_failures_total")).toBeGreaterThanOrEqual(3);
	});

	it("is gone with everything: the files stay, and so does the installation", async () => {
		const uid = node.putPod("a", stamped);
		const agent = await start("--watch-pods");
		await eventually(() => readAs("a", uid).kind === "redirect" && api.watches.count === 2);
		await api.stop();
		rmSync(folders.installedProgram);
		await eventually(() => existsSync(folders.installedProgram));
		expect((await agent.ask("/ready")).status).toBe(200);
		expect(readAs("a", uid).kind).toBe("redirect");
	});

	it("does not know the token any more: the same, until it does", async () => {
		const agent = await start("--watch-pods");
		await eventually(() => api.watches.count === 2);
		api.obstacle = () => new Status(401, "Unauthorized", "Unauthorized");
		api.watches.cut();
		await eventually(() => agent.lines.some(({ error }) => /401|Unauthorized/.test(`${error}`)));
		folders.write("10-a.conflist", bridgeList);
		await eventually(() => folders.plugins("10-a.conflist")?.length === 3);
		const uid = node.putPod("a", stamped);
		api.obstacle = () => undefined;
		await eventually(() => readAs("a", uid).kind === "redirect");
	});

	it("has forgotten where we were: everything is listed again", async () => {
		const uid = node.putPod("a", stamped);
		await start("--watch-pods");
		await eventually(() => readAs("a", uid).kind === "redirect");
		const lists = () =>
			api.seen.filter(({ path, query }) => path === "/api/v1/pods" && !query.has("watch")).length;
		const before = lists();
		await eventually(() => api.watches.count === 2);
		api.watches.expire();
		await eventually(() => lists() > before);
		const next = node.putPod("b", stamped);
		await eventually(() => readAs("b", next).kind === "redirect");
	});

	it("is asked for this node's pods alone, and for namespaces", async () => {
		await start("--watch-pods");
		await eventually(() => api.watches.count === 2);
		expect(new Set(api.seen.map(({ path }) => path))).toEqual(
			new Set(["/api/v1/pods", "/api/v1/namespaces"]),
		);
		const pods = api.seen.filter(({ path }) => path === "/api/v1/pods");
		expect(pods.map(({ query }) => query.get("fieldSelector"))).toEqual(pods.map(() => "spec.nodeName=here"));
		// A list of anything newer, or in pages, would have the server read all pods of the cluster from etcd.
		const lists = api.seen.filter(({ query }) => !query.has("watch"));
		expect(lists.map(({ query }) => [query.get("resourceVersion"), query.get("limit")])).toEqual(
			lists.map(() => ["0", null]),
		);
	});

	it("is never asked where nothing needs it", async () => {
		await start();
		expect(api.seen).toEqual([]);
	});
});

describe("the node's taint", () => {
	const taint = { key: "shunt.dev/agent-not-ready", effect: "NoSchedule" };
	const other = { key: "other", effect: "NoExecute" };
	const taints = () =>
		(api.store.get("v1/nodes", "/here")?.["spec"] as { taints: unknown } | undefined)?.taints;

	beforeEach(() => {
		api.store.put("v1/nodes", { metadata: { name: "here" }, spec: { taints: [other, taint] } });
	});

	it("goes when everything is as intended, and not before", async () => {
		rmSync(join(folders.netDir, "10-a.conflist"));
		await start("--remove-taint", taint.key);
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect(taints()).toEqual([other, taint]);
		folders.write("10-a.conflist", bridgeList);
		await eventually(() => (taints() as unknown[]).length === 1);
		expect(taints()).toEqual([other]);
	});

	it("goes as soon as the API server takes it", async () => {
		api.obstacle = () => new Status(403, "Forbidden", "no");
		const agent = await start("--remove-taint", taint.key);
		await eventually(() => agent.lines.some(({ msg }) => /taint cannot be taken off/.test(`${msg}`)));
		api.obstacle = () => undefined;
		await eventually(() => (taints() as unknown[]).length === 1);
		expect(taints()).toEqual([other]);
	});

	it("stays where nobody said so", async () => {
		await start("--watch-pods");
		await eventually(() => api.watches.count === 2);
		expect(taints()).toEqual([other, taint]);
	});
});

describe("the plugin's log", () => {
	it("is told on, line by line and once, whoever writes while it is taken", async () => {
		const path = join(folders.runDir, "plugin.log");
		appendFileSync(path, "before\n");
		const agent = await start("--plugin-log", path);
		const told = () => agent.lines.filter(({ msg }) => msg === "plugin").map(({ line }) => line);
		for (let index = 0; index < 200; index++) {
			appendFileSync(path, `line ${index}\n`);
			if (index % 20 === 0) {
				await new Promise((resolve) => setTimeout(resolve, 30));
			}
		}
		await eventually(() => told().length >= 201);
		expect(told()).toEqual(["before", ...Array.from({ length: 200 }, (_, index) => `line ${index}`)]);
		await eventually(() => folders.names(folders.runDir).join() === "agent.lock");
		expect(await agent.metric("shunt_agent_plugin_log_lines_total")).toBe(201);
	});

	it("is finished by the next agent where one was killed over it", async () => {
		const path = join(folders.runDir, "plugin.log");
		writeFileSync(`${path}.taken`, "left\n");
		writeFileSync(path, "new\n");
		const agent = await start("--plugin-log", path);
		await eventually(() => agent.lines.filter(({ msg }) => msg === "plugin").length === 2);
	});
});

it("what asks the API server needs the node's name and a way there", async () => {
	const starting = AgentProcess.start(folders, { flags: ["--watch-pods"] });
	await expect(starting).rejects.toThrow("--node: is missing");
	const lost = AgentProcess.start(folders, { flags: ["--watch-pods", "--node", "here"] });
	await expect(lost).rejects.toThrow("--kubeconfig: is needed where this is no pod");
});
