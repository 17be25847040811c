import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "../agent/support/agent-process.ts";
import { bridgeList, eventually, NodeFolders } from "../agent/support/node-folders.ts";
import { RuntimeNamespaces } from "../agent/support/runtime-namespaces.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { callPlugin, inputFor, meshed } from "../support/cni/cni-call.ts";

let folders: NodeFolders;
let api: ApiServer;
let namespaces: RuntimeNamespaces;
const running: AgentProcess[] = [];

beforeEach(async () => {
	folders = new NodeFolders();
	api = await ApiServer.start();
	namespaces = new RuntimeNamespaces();
	writeFileSync(join(folders.root, "kubeconfig"), api.kubeconfig);
	folders.write("10-a.conflist", bridgeList);
	configure({ mode: "nft", excludeNamespaces: ["kube-system"] });
});

afterEach(async () => {
	await Promise.all(running.splice(0).map((agent) => agent.stop()));
	await api.stop();
	namespaces.remove();
	folders.remove();
});

function configure(shunt: object): void {
	writeFileSync(folders.config, JSON.stringify({ shunt: { runDir: folders.runDir, ...shunt } }));
}

interface Started {
	readonly flags?: readonly string[];
	readonly prefix?: readonly string[];
}

async function start({ flags = [], prefix = [] }: Started = {}): Promise<AgentProcess> {
	const own = [
		...["--node", "here", "--kubeconfig", join(folders.root, "kubeconfig"), "--repair"],
		...["--netns-dir", namespaces.folder, "--repair-interval", "300ms"],
	];
	const agent = await AgentProcess.start(folders, { flags: [...own, ...flags], prefix });
	running.push(agent);
	return agent;
}

let addresses = 0;

/** A pod that runs on the node with a network namespace of its own; `more` is merged over what it is. */
function putPod(name: string, more: { metadata?: object; spec?: object; status?: object } = {}): string {
	addresses += 1;
	const ip = `10.77.${addresses >> 7}.${(addresses % 128) + 1}`;
	api.store.put("v1/pods", {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "shop", annotations: meshed, ...more.metadata },
		spec: { nodeName: "here", containers: [{ name: "app" }], ...more.spec },
		status: { phase: "Running", podIPs: [{ ip }], ...more.status },
	});
	return ip;
}

/** The pod, and what the runtime made for it; with its rules where they are to be there from the start. */
function runPod(
	name: string,
	{ isMeshed = true, ...more }: Parameters<typeof putPod>[1] & { isMeshed?: boolean } = {},
) {
	const path = namespaces.make(name, `10.77.${(addresses + 1) >> 7}.${((addresses + 1) % 128) + 1}`);
	if (isMeshed) {
		add(name, "nft");
	}
	putPod(name, more);
	return path;
}

function add(name: string, mode: string): void {
	const { status, stderr } = callPlugin({
		command: "ADD",
		netns: namespaces.path(name),
		input: inputFor(meshed, { mode }),
	});
	expect([status, stderr]).toEqual([0, expect.any(String)]);
}

function isIntact(name: string, mode = "nft"): boolean {
	const netns = namespaces.path(name);
	return callPlugin({ command: "CHECK", netns, input: inputFor(meshed, { mode }) }).status === 0;
}

function rulesIn(name: string): string {
	return namespaces.run(name, "nft", ["--handle", "list", "ruleset"]);
}

function events(reason: string) {
	return api.store.list("v1/events").filter((event) => event["reason"] === reason);
}

const rules = (word: string) => `shunt_agent_meshed_pods{rules="${word}"}`;

async function untilMetric(agent: AgentProcess, name: string, value: number): Promise<void> {
	const deadline = performance.now() + 60_000;
	for (;;) {
		// Whoever keeps a connection may find it closed by the other side.
		const found = await agent.metric(name).catch(() => Number.NaN);
		if (found === value) {
			return;
		}
		if (performance.now() > deadline) {
			throw new Error(`${name} is ${found}, not ${value}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

describe("rules of a meshed pod", () => {
	it("are made where it came before the plugin, and the pod's events and the metrics say so", async () => {
		runPod("early", { isMeshed: false });
		const agent = await start();
		await eventually(() => isIntact("early"));
		await untilMetric(agent, rules("intact"), 1);
		expect(await agent.metric("shunt_agent_pods_mended_total")).toBe(1);
		// Looking for what is not there would have made it, for good.
		expect(namespaces.run("early", "cat", ["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"])).toBe(
			"",
		);
		await eventually(() => events("RulesMended").length === 1);
		const [event] = events("RulesMended");
		expect(event).toMatchObject({
			type: "Normal",
			metadata: { namespace: "shop" },
			involvedObject: { kind: "Pod", name: "early", namespace: "shop" },
			message: expect.stringMatching(/^The rules were mended in place: the rules are not as they should be/),
		});
		expect(agent.lines.find(({ msg }) => msg === "mended a pod's rules")).toMatchObject({
			pod: "shop/early",
		});
	});

	it.each([
		["legacy", "iptables-legacy", ["-t", "nat", "-F"]],
		["nft", "nft", ["flush", "ruleset"]],
		["nft", "iptables-nft", ["-t", "nat", "-D", "OUTPUT", "-j", "PROXY_INIT_OUTPUT"]],
		["nftables", "nft", ["flush", "chain", "inet", "shunt", "output"]],
		["nftables", "nft", ["delete", "table", "inet", "shunt"]],
	] as const)("in mode %s are mended after %s %j", async (mode, program, args) => {
		configure({ mode });
		runPod("web-0", { isMeshed: false });
		add("web-0", mode);
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		const before = await agent.metric("shunt_agent_pods_mended_total");
		expect(before).toBe(0);
		try {
			namespaces.run("web-0", program, args);
		} catch {
			// The jump has a comment in it, so it is named by its number.
			namespaces.run("web-0", program, ["-t", "nat", "-D", "OUTPUT", "1"]);
		}
		await untilMetric(agent, "shunt_agent_pods_mended_total", 1);
		await untilMetric(agent, rules("intact"), 1);
		expect(isIntact("web-0", mode)).toBe(true);
	});

	it("are mended in fifty pods at once, while the neighbours' rules and connections stay as they are", async () => {
		const flushed = Array.from({ length: 50 }, (_, index) => `flushed-${index}`);
		for (const name of [...flushed, "calm"]) {
			runPod(name);
		}
		const agent = await start();
		await untilMetric(agent, rules("intact"), 51);
		const script = fileURLToPath(new URL("../agent/support/one-connection.mjs", import.meta.url));
		const pod = spawn("nsenter", [`--net=${namespaces.path("calm")}`, process.execPath, script], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		try {
			const said: string[] = [];
			createInterface({ input: pod.stdout }).on("line", (line) => said.push(line));
			await eventually(() => said.includes("connected"));
			pod.stdin.write("before\n");
			await eventually(() => said.includes("before"));
			const before = rulesIn("calm");
			for (const name of flushed) {
				namespaces.run(name, "nft", ["flush", "ruleset"]);
			}
			await untilMetric(agent, "shunt_agent_pods_mended_total", 50);
			await untilMetric(agent, rules("intact"), 51);
			const [first = ""] = flushed;
			const asMade = namespaces.run(first, "nft", ["list", "ruleset"]);
			expect(isIntact(first)).toBe(true);
			for (const name of flushed) {
				expect([name, namespaces.run(name, "nft", ["list", "ruleset"])]).toEqual([name, asMade]);
			}
			pod.stdin.write("after\n");
			await eventually(() => said.includes("after"));
			expect(said).toEqual(["connected", "before", "after"]);
			expect(rulesIn("calm")).toBe(before);
		} finally {
			pod.kill("SIGKILL");
			await once(pod, "close");
		}
	});

	it("are asked for when the pod's validator has failed, and are mended no further where they are right", async () => {
		runPod("web-0");
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		const checks = await agent.metric("shunt_agent_repair_checks_total");
		const pod = api.store.get("v1/pods", "shop/web-0");
		const terminated = { exitCode: 95 };
		const initContainerStatuses = [
			{ name: "shunt-network-validator", restartCount: 1, lastState: { terminated } },
		];
		api.store.put("v1/pods", {
			...(pod ?? { metadata: { name: "web-0" } }),
			status: { ...(pod?.["status"] as object), initContainerStatuses },
		});
		await untilMetric(agent, "shunt_agent_repair_checks_total", checks + 1);
		expect(await agent.metric("shunt_agent_pods_mended_total")).toBe(0);
	});

	it("are mended while the API server is gone, by what is known of the pods", async () => {
		runPod("web-0");
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		await api.stop();
		namespaces.run("web-0", "nft", ["flush", "ruleset"]);
		await eventually(() => isIntact("web-0"));
		await untilMetric(agent, "shunt_agent_api_refusals_total", 1);
		api = await ApiServer.start();
	});

	it("stay where they are in another mode than the one that is configured by now", async () => {
		runPod("web-0", { isMeshed: false });
		add("web-0", "nftables");
		const before = rulesIn("web-0");
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		expect(rulesIn("web-0")).toBe(before);
	});
});

describe("a namespace is left as it is", () => {
	it("where the pod is none of the plugin's, or ends", async () => {
		const left = {
			own: { spec: { initContainers: [{ name: "shunt-init" }] } },
			linkerds: { spec: { initContainers: [{ name: "linkerd-init" }] } },
			excluded: { metadata: { namespace: "kube-system", annotations: meshed } },
			plain: { metadata: { annotations: {} } },
			over: { status: { phase: "Succeeded" } },
			ending: { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
			unclear: { metadata: { annotations: { "shunt.dev/redirect": "{" } } },
			elsewhere: { spec: { nodeName: "there" } },
		};
		for (const [name, more] of Object.entries(left)) {
			runPod(name, { isMeshed: false, ...more });
		}
		runPod("meant", { isMeshed: false });
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		await untilMetric(agent, "shunt_agent_pods_mended_total", 1);
		expect(Object.keys(left).filter((name) => rulesIn(name) !== "")).toEqual([]);
	});

	it("where nobody can tell which one is the pod's", async () => {
		namespaces.make("one", "10.99.0.1");
		namespaces.make("other", "10.99.0.1");
		putPod("double", { status: { podIPs: [{ ip: "10.99.0.1" }] } });
		putPod("gone");
		namespaces.make("shared", "10.99.0.2");
		putPod("first", { status: { podIPs: [{ ip: "10.99.0.2" }] } });
		putPod("second", { status: { podIPs: [{ ip: "10.99.0.2" }] } });
		const agent = await start({ flags: ["--delete-pods-per-minute", "60"] });
		await untilMetric(agent, rules("unknown"), 2);
		await untilMetric(agent, rules("drifted"), 0);
		expect(["one", "other", "shared"].map(rulesIn)).toEqual(["", "", ""]);
		await eventually(() => agent.lines.filter(({ level }) => level === "warning").length === 2);
		expect(agent.lines.filter(({ level }) => level === "warning")).toMatchObject([
			{ pod: "shop/double", why: "2 namespaces have the pod's address" },
			{ pod: "shop/gone", why: "no namespace has the pod's address" },
		]);
		namespaces.removeOne("other");
		await eventually(() => isIntact("one"));
	});

	it("where the agent may not enter it, or there is no such folder: nothing is deleted either", async () => {
		runPod("web-0", { isMeshed: false, metadata: { ownerReferences: [{ controller: true }] } });
		const deleting = ["--delete-pods-per-minute", "60"];
		const powerless = await start({
			flags: deleting,
			prefix: ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
		});
		await untilMetric(powerless, rules("unknown"), 1);
		await eventually(() =>
			powerless.lines.some(({ level, pod }) => level === "warning" && pod === "shop/web-0"),
		);
		await powerless.stop();
		const lost = await start({ flags: [...deleting, "--netns-dir", "/nowhere"] });
		await untilMetric(lost, rules("unknown"), 1);
		await eventually(() => lost.lines.some(({ why }) => why === "/nowhere cannot be read (ENOENT)"));
		expect(rulesIn("web-0")).toBe("");
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
	});
});

describe("a pod whose rules cannot be mended", () => {
	/** The node has no program for the mode that is configured. */
	const without: Started["prefix"] = [
		...["unshare", "--mount", "sh", "-c"],
		'mount -t tmpfs none /usr/sbin && exec "$@"',
		"sh",
	];

	beforeEach(() => configure({ mode: "plain" }));

	it("is told so, and stays where nobody said that it may be deleted", async () => {
		runPod("web-0", { isMeshed: false, metadata: { ownerReferences: [{ controller: true }] } });
		const agent = await start({ prefix: without });
		await eventually(() => events("RulesNotMended").length >= 3);
		expect(events("RulesNotMended")[0]).toMatchObject({
			type: "Warning",
			message: expect.stringContaining("nothing was changed"),
		});
		expect(await agent.metric("shunt_agent_pods_deleted_total")).toBe(0);
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
		expect(rulesIn("web-0")).toBe("");
	});

	it("is deleted where a flag says so, at most so many in a minute, and only if another takes its place", async () => {
		for (const name of ["a", "b", "c"]) {
			runPod(name, { isMeshed: false, metadata: { ownerReferences: [{ controller: true }] } });
		}
		runPod("alone", { isMeshed: false });
		const agent = await start({ prefix: without, flags: ["--delete-pods-per-minute", "2"] });
		await untilMetric(agent, "shunt_agent_pods_deleted_total", 2);
		await eventually(() => events("DeletedUnmended").length === 2);
		const deletions = api.seen.filter(({ method }) => method === "DELETE");
		expect(deletions).toHaveLength(2);
		const left = api.store.list("v1/pods").map(({ metadata }) => metadata.name);
		expect(left).toHaveLength(2);
		expect(left).toContain("alone");
		await eventually(() => events("RulesNotMended").filter(({ message }) => message !== "").length >= 10);
		expect(await agent.metric("shunt_agent_pods_deleted_total")).toBe(2);
	});

	it("is not deleted where the name is another pod's by now", async () => {
		runPod("web-0", { isMeshed: false, metadata: { ownerReferences: [{ controller: true }] } });
		// The watch is late: the agent does not hear of the new one.
		const agent = await start({ prefix: without, flags: ["--delete-pods-per-minute", "60"] });
		await untilMetric(agent, rules("drifted"), 1);
		api.watches.cut();
		api.obstacle = ({ method }) => (method === "GET" ? new Promise(() => undefined) : undefined);
		api.store.delete("v1/pods", "shop/web-0");
		putPod("web-0");
		await eventually(() => agent.lines.some(({ msg }) => msg === "a pod cannot be deleted"));
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
	});
});

describe("a namespace in which the agent listens", () => {
	/** How proc(5) shows that somebody there hears of nf_tables: protocol 12, group 7. */
	const isListenedTo = (name: string) =>
		/^\S+ +12 +\S+ +00000040 /m.test(namespaces.run(name, "cat", ["/proc/net/netlink"]));

	it.each([
		["its file is removed", (name: string) => namespaces.removeOne(name)],
		["its file is another's, without a word", (name: string) => namespaces.unbind(name)],
	])("goes with all that is in it when %s", async (_, end) => {
		runPod("web-0");
		namespaces.make("neighbour", "10.98.0.1");
		const pair = ["link", "add", "out0", "type", "veth", "peer", "in0", "netns"];
		namespaces.run("web-0", "ip", [...pair, namespaces.path("neighbour")]);
		const links = () => namespaces.run("neighbour", "ip", ["-oneline", "link"]);
		expect(links()).toContain("in0@");
		const agent = await start();
		await untilMetric(agent, rules("intact"), 1);
		await eventually(() => isListenedTo("web-0"));
		end("web-0");
		await eventually(() => !links().includes("in0@"));
		await untilMetric(agent, rules("unknown"), 1);
	});

	it("is left by an agent that ends", async () => {
		runPod("web-0");
		const agent = await start();
		await eventually(() => isListenedTo("web-0"));
		agent.kill("SIGTERM");
		expect(await agent.exit).toBe(0);
		expect(isListenedTo("web-0")).toBe(false);
	});
});

it("finds out which modes the node serves, for the plugin and for whoever asks", async () => {
	api.store.put("v1/nodes", { metadata: { name: "here" }, spec: {} });
	const agent = await start({ flags: ["--report-dialects"] });
	const annotation = () =>
		api.store.get("v1/nodes", "/here")?.metadata["annotations"] as Record<string, string> | undefined;
	await eventually(() => annotation()?.["shunt.dev/node-dialects"] !== undefined);
	const found = JSON.parse(annotation()?.["shunt.dev/node-dialects"] ?? "");
	expect(found).toMatchObject({
		version: 1,
		mode: "nft",
		working: expect.arrayContaining(["nft", "nftables"]),
	});
	for (const mode of ["legacy", "nft", "plain", "nftables"]) {
		expect(await agent.metric(`shunt_agent_dialect_served{mode="${mode}"}`)).toBe(
			found.working.includes(mode) ? 1 : 0,
		);
	}
	const record = () => JSON.parse(folders.readRun("node.json") ?? "null");
	await eventually(() => record() !== null);
	expect(record()).toEqual({ version: 1, mode: "nft", namespaces: [] });
	rmSync(join(folders.runDir, "node.json"));
	await eventually(() => record() !== null);
});
