import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentNode } from "../agent/support/agent-node.ts";
import type { ProcessSettings } from "../agent/support/agent-process.ts";
import { eventually } from "../agent/support/node-folders.ts";
import { RepairedPods, rulesMetric, untilMetric } from "../agent/support/repaired-pods.ts";
import { meshed } from "../support/cni/cni-call.ts";

let node: AgentNode;
let pods: RepairedPods;
let api: AgentNode["api"];
let namespaces: AgentNode["namespaces"];

beforeEach(async () => {
	node = await AgentNode.make();
	pods = new RepairedPods(node);
	({ api, namespaces } = node);
	node.configure({ mode: "nft", excludeNamespaces: ["kube-system"] });
});

afterEach(() => node.remove());

function events(reason: string) {
	return api.store.list("v1/events").filter((event) => event["reason"] === reason);
}

describe("rules of a meshed pod", () => {
	it("are made where it came before the plugin, and the pod's events and the metrics say so", async () => {
		pods.run("early", { mode: "none" });
		const agent = await pods.start();
		await eventually(() => pods.isIntact("early"));
		await untilMetric(agent, rulesMetric("intact"), 1);
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
		await eventually(() =>
			agent.lines.some(({ msg, pod }) => msg === "mended a pod's rules" && pod === "shop/early"),
		);
	});

	it.each([
		["legacy", "iptables-legacy", ["-t", "nat", "-F"]],
		["nft", "nft", ["flush", "ruleset"]],
		["nft", "iptables-nft", ["-t", "nat", "-D", "OUTPUT", "-j", "PROXY_INIT_OUTPUT"]],
		["nftables", "nft", ["flush", "chain", "inet", "shunt", "output"]],
		["nftables", "nft", ["delete", "table", "inet", "shunt"]],
	] as const)("in mode %s are mended after %s %j", async (mode, program, args) => {
		node.configure({ mode });
		pods.run("web-0", { mode: "none" });
		pods.add("web-0", mode);
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		const before = await agent.metric("shunt_agent_pods_mended_total");
		expect(before).toBe(0);
		try {
			namespaces.run("web-0", program, args);
		} catch {
			// The jump has a comment in it, so it is named by its number.
			namespaces.run("web-0", program, ["-t", "nat", "-D", "OUTPUT", "1"]);
		}
		await untilMetric(agent, "shunt_agent_pods_mended_total", 1);
		await untilMetric(agent, rulesMetric("intact"), 1);
		expect(pods.isIntact("web-0", mode)).toBe(true);
	});

	it.each([
		["nft", "nft", ["flush", "ruleset"], ["list", "ruleset"]],
		["legacy", "iptables-legacy", ["-t", "nat", "-F"], ["-t", "nat", "-S"]],
	] as const)(
		"in mode %s are mended in fifty pods at once, while the neighbours' rules and connections stay as they are",
		async (...each) => {
			const [mode, program, flush, list] = each;
			node.configure({ mode });
			const listed = (name: string) => namespaces.run(name, program, list);
			// A legacy table has no number of its own: that it was made anew, its counters would tell.
			const calmRules = () =>
				mode === "nft" ? pods.rulesIn("calm") : namespaces.run("calm", program, [...list, "-v"]);
			const flushed = Array.from({ length: 50 }, (_, index) => `flushed-${index}`);
			for (const name of [...flushed, "calm"]) {
				pods.run(name, { mode });
			}
			const agent = await pods.start();
			await untilMetric(agent, rulesMetric("intact"), 51);
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
				const before = calmRules();
				for (const name of flushed) {
					namespaces.run(name, program, flush);
				}
				await untilMetric(agent, "shunt_agent_pods_mended_total", 50);
				await untilMetric(agent, rulesMetric("intact"), 51);
				const [first = ""] = flushed;
				const asMade = listed(first);
				expect(pods.isIntact(first, mode)).toBe(true);
				for (const name of flushed) {
					expect([name, listed(name)]).toEqual([name, asMade]);
				}
				pod.stdin.write("after\n");
				await eventually(() => said.includes("after"));
				expect(said).toEqual(["connected", "before", "after"]);
				expect(calmRules()).toBe(before);
			} finally {
				pod.kill("SIGKILL");
				await once(pod, "close");
			}
		},
	);

	it.each([
		[
			"a rule is another of the same length",
			[
				"-R",
				"PROXY_INIT_OUTPUT",
				"1",
				"-m",
				"owner",
				"--uid-owner",
				"2103",
				"-m",
				"comment",
				"--comment",
				"proxy-init/ignore-proxy-user-id",
				"-j",
				"RETURN",
			],
		],
		[
			"a port is another",
			[
				"-R",
				"PROXY_INIT_REDIRECT",
				"2",
				"-p",
				"tcp",
				"-m",
				"comment",
				"--comment",
				"proxy-init/redirect-all-incoming-to-proxy-port",
				"-j",
				"REDIRECT",
				"--to-ports",
				"4144",
			],
		],
	])("in mode legacy are mended where the table is as long as before: %s", async (_, change) => {
		node.configure({ mode: "legacy" });
		pods.run("web-0", { mode: "legacy" });
		const rules = () => namespaces.run("web-0", "iptables-legacy", ["-t", "nat", "-S"]);
		const before = rules();
		const makeChange = () => namespaces.run("web-0", "iptables-legacy", ["-t", "nat", ...change]);
		// What the change does is looked at before there is an agent, which may be faster than whoever looks.
		const saved = namespaces.run("web-0", "iptables-legacy-save", ["-t", "nat"]);
		makeChange();
		expect([rules().length, rules() === before]).toEqual([before.length, false]);
		namespaces.run("web-0", "iptables-legacy-restore", [], saved);
		expect(rules()).toBe(before);
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		makeChange();
		await untilMetric(agent, "shunt_agent_pods_mended_total", 1);
		expect(rules()).toBe(before);
	});

	it("are asked for when the pod's validator has failed, and are mended no further where they are right", async () => {
		pods.run("web-0");
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
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
		pods.run("web-0");
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		await api.stop();
		namespaces.run("web-0", "nft", ["flush", "ruleset"]);
		await eventually(() => pods.isIntact("web-0"));
		await untilMetric(agent, "shunt_agent_api_refusals_total", 1);
	});

	it("in mode legacy are mended when the xtables lock is free again, and the agent answers meanwhile", async () => {
		node.configure({ mode: "legacy" });
		for (const name of ["web-0", "web-1"]) {
			pods.run(name, { mode: "legacy" });
		}
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 2);
		const holder = spawn("flock", [node.xtablesLock, "sh", "-c", "echo held; exec cat"], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		try {
			await once(holder.stdout, "data");
			for (const name of ["web-0", "web-1"]) {
				namespaces.run(name, "iptables-legacy", ["-t", "nat", "-F"]);
			}
			await untilMetric(agent, rulesMetric("drifted"), 2);
			// Whoever waited for the lock in its thread would answer when a minute is over, pod by pod.
			const looks = await agent.metric("shunt_agent_repair_looks_total");
			while ((await agent.metric("shunt_agent_repair_looks_total")) < looks + 5) {
				expect((await agent.ask("/live")).status).toBe(200);
			}
			expect(await agent.metric("shunt_agent_pods_mended_total")).toBe(0);
		} finally {
			holder.stdin.end();
			await once(holder, "close");
		}
		await untilMetric(agent, "shunt_agent_pods_mended_total", 2);
		expect(pods.isIntact("web-0", "legacy")).toBe(true);
	});

	it("stay where they are in another mode than the one that is configured by now", async () => {
		pods.run("web-0", { mode: "none" });
		pods.add("web-0", "nftables");
		const before = pods.rulesIn("web-0");
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		expect(pods.rulesIn("web-0")).toBe(before);
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
			pods.run(name, { mode: "none", ...more });
		}
		pods.run("meant", { mode: "none" });
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		await untilMetric(agent, "shunt_agent_pods_mended_total", 1);
		expect(Object.keys(left).filter((name) => pods.rulesIn(name) !== "")).toEqual([]);
	});

	it("where nobody can tell which one is the pod's", async () => {
		namespaces.make("one", "10.99.0.1");
		namespaces.make("other", "10.99.0.1");
		pods.put("double", { status: { podIPs: [{ ip: "10.99.0.1" }] } });
		pods.put("gone");
		namespaces.make("shared", "10.99.0.2");
		pods.put("first", { status: { podIPs: [{ ip: "10.99.0.2" }] } });
		pods.put("second", { status: { podIPs: [{ ip: "10.99.0.2" }] } });
		const agent = await pods.start({ flags: ["--delete-pods-per-minute", "60"] });
		await untilMetric(agent, rulesMetric("unknown"), 2);
		await untilMetric(agent, rulesMetric("drifted"), 0);
		expect(["one", "other", "shared"].map((name) => pods.rulesIn(name))).toEqual(["", "", ""]);
		await eventually(() => agent.lines.filter(({ level }) => level === "warning").length === 2);
		expect(agent.lines.filter(({ level }) => level === "warning")).toMatchObject([
			{ pod: "shop/double", why: "2 namespaces have the pod's address" },
			{ pod: "shop/gone", why: "no namespace has the pod's address" },
		]);
		namespaces.removeOne("other");
		await eventually(() => pods.isIntact("one"));
	});

	it("where the agent may not enter it, or there is no such folder: nothing is deleted either", async () => {
		pods.run("web-0", { mode: "none", metadata: { ownerReferences: [{ controller: true }] } });
		const deleting = ["--delete-pods-per-minute", "60"];
		const powerless = await pods.start({
			flags: deleting,
			prefix: ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
		});
		await untilMetric(powerless, rulesMetric("unknown"), 1);
		await eventually(() =>
			powerless.lines.some(({ level, pod }) => level === "warning" && pod === "shop/web-0"),
		);
		await powerless.stop();
		const lost = await pods.start({ flags: [...deleting, "--netns-dir", "/nowhere"] });
		await untilMetric(lost, rulesMetric("unknown"), 1);
		await eventually(() => lost.lines.some(({ why }) => why === "/nowhere cannot be read (ENOENT)"));
		expect(pods.rulesIn("web-0")).toBe("");
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
	});
});

describe("a pod whose rules cannot be mended", () => {
	/** The node has no program for the mode that is configured. */
	const without: ProcessSettings["prefix"] = [
		...["unshare", "--mount", "sh", "-c"],
		'mount -t tmpfs none /usr/sbin && exec "$@"',
		"sh",
	];

	beforeEach(() => node.configure({ mode: "plain" }));

	it("is told so, and stays where nobody said that it may be deleted", async () => {
		pods.run("web-0", { mode: "none", metadata: { ownerReferences: [{ controller: true }] } });
		const agent = await pods.start({ prefix: without });
		await eventually(() => events("RulesNotMended").length >= 3);
		expect(events("RulesNotMended")[0]).toMatchObject({
			type: "Warning",
			message: expect.stringContaining("nothing was changed"),
		});
		expect(await agent.metric("shunt_agent_pods_deleted_total")).toBe(0);
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
		expect(pods.rulesIn("web-0")).toBe("");
	});

	it("is deleted where a flag says so, at most so many in a minute, and only if another takes its place", async () => {
		for (const name of ["a", "b", "c"]) {
			pods.run(name, { mode: "none", metadata: { ownerReferences: [{ controller: true }] } });
		}
		pods.run("alone", { mode: "none" });
		const agent = await pods.start({ prefix: without, flags: ["--delete-pods-per-minute", "2"] });
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
		pods.run("web-0", { mode: "none", metadata: { ownerReferences: [{ controller: true }] } });
		// The watch is late: the agent does not hear of the new one.
		const agent = await pods.start({ prefix: without, flags: ["--delete-pods-per-minute", "60"] });
		await untilMetric(agent, rulesMetric("drifted"), 1);
		api.watches.cut();
		api.obstacle = ({ method }) => (method === "GET" ? new Promise(() => undefined) : undefined);
		api.store.delete("v1/pods", "shop/web-0");
		pods.put("web-0");
		await eventually(() => agent.lines.some(({ msg }) => msg === "a pod cannot be deleted"));
		expect(api.store.get("v1/pods", "shop/web-0")).toBeDefined();
	});
});

describe("a namespace in which the agent listens", () => {
	/** How proc(5) shows that somebody there hears of nf_tables: protocol 12, group 7. */
	const isListenedTo = (name: string) =>
		/^\S+ +12 +\S+ +00000040 /m.test(namespaces.run(name, "cat", ["/proc/net/netlink"]));

	it.each([
		["nft", "its file is removed", (name: string) => namespaces.removeOne(name)],
		["nft", "its file is another's, without a word", (name: string) => namespaces.unbind(name)],
		["legacy", "its file is removed", (name: string) => namespaces.removeOne(name)],
		["legacy", "its file is another's, without a word", (name: string) => namespaces.unbind(name)],
	])("with rules in mode %s goes with all that is in it when %s", async (mode, _, end) => {
		pods.run("web-0", { mode });
		namespaces.make("neighbour", "10.98.0.1");
		const pair = ["link", "add", "out0", "type", "veth", "peer", "in0", "netns"];
		namespaces.run("web-0", "ip", [...pair, namespaces.path("neighbour")]);
		const links = () => namespaces.run("neighbour", "ip", ["-oneline", "link"]);
		expect(links()).toContain("in0@");
		const agent = await pods.start();
		await untilMetric(agent, rulesMetric("intact"), 1);
		await eventually(() => isListenedTo("web-0"));
		end("web-0");
		await eventually(() => !links().includes("in0@"));
		await untilMetric(agent, rulesMetric("unknown"), 1);
	});

	it("is left by an agent that ends", async () => {
		pods.run("web-0");
		const agent = await pods.start();
		await eventually(() => isListenedTo("web-0"));
		agent.kill("SIGTERM");
		expect(await agent.exit).toBe(0);
		expect(isListenedTo("web-0")).toBe(false);
	});
});

it("finds out which modes the node serves, for the plugin and for whoever asks", async () => {
	api.store.put("v1/nodes", { metadata: { name: "here" }, spec: {} });
	const agent = await pods.start({ flags: ["--report-dialects"] });
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
	const record = () => JSON.parse(node.folders.readRun("node.json") ?? "null");
	await eventually(() => record() !== null);
	expect(record()).toEqual({ version: 1, mode: "nft", namespaces: [] });
	rmSync(join(node.folders.runDir, "node.json"));
	await eventually(() => record() !== null);
});
