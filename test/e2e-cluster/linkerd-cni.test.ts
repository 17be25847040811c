import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentLogs, applyAgents, installAgents, removeAgents } from "./support/agents.ts";
import { apply, becomes, families, foreign, kubectl } from "./support/cluster.ts";
import { linkerdPod } from "./support/linkerd.ts";
import { nodeFolders } from "./support/node-folders.ts";
import { removeNamespaces } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-linkerd-cni";
const linkerd = { namespace: place, name: "linkerd" };
const plain = { namespace: place, name: "plain" };
/** A node's list is written, as linkerd-cni's installer did. */
const isTried = foreign === undefined && (await families()).includes("IPv4");

/** As that installer leaves it in the list (its chart's cni_network_config, with the placeholder filled in). */
const leftOver = {
	name: "linkerd-cni",
	type: "linkerd-cni",
	log_level: "info",
	policy: { type: "k8s", k8s_api_root: "https://10.97.0.1:443", k8s_auth_token: "__SERVICEACCOUNT_TOKEN__" },
	kubernetes: { kubeconfig: "/etc/cni/net.d/ZZZ-linkerd-cni-kubeconfig" },
	linkerd: {
		"incoming-proxy-port": 4143,
		"outgoing-proxy-port": 4140,
		"proxy-uid": 2102,
		"ports-to-redirect": [],
		"inbound-ports-to-ignore": ["4191", "4190"],
		simulate: false,
		"use-wait-flag": false,
		"iptables-mode": "nft",
		ipv6: false,
	},
};

interface List {
	readonly plugins: readonly { readonly type: string }[];
}

let file: string;
let before: string;

function pluginsNow(): string[] {
	return (JSON.parse(readFileSync(file, "utf8")) as List).plugins.map(({ type }) => type);
}

describe.runIf(isTried)("linkerd-cni taken over", () => {
	beforeAll(async () => {
		const name = readdirSync(nodeFolders.netDir).find((one) => one.endsWith(".conflist")) ?? "";
		file = join(nodeFolders.netDir, name);
		before = readFileSync(file, "utf8");
		const list = JSON.parse(before) as List;
		// A chained plugin that does nothing where nothing is asked of it, so that no pod of the node fails meanwhile.
		copyFileSync(join(nodeFolders.binDir, "tuning"), join(nodeFolders.binDir, "linkerd-cni"));
		writeFileSync(file, JSON.stringify({ ...list, plugins: [...list.plugins, leftOver] }));
		await apply(namespace(place));
	});

	afterAll(async () => {
		await removeNamespaces(place);
		rmSync(join(nodeFolders.binDir, "linkerd-cni"), { force: true });
		writeFileSync(file, before);
	});

	it("the agent does not put itself beside it unasked, and says so", async () => {
		await applyAgents();
		await becomes(agentLogs, (log) => log.includes("linkerd-cni"), 60);
		expect(pluginsNow()).toEqual(expect.arrayContaining(["linkerd-cni"]));
		expect(pluginsNow()).not.toContain("shunt-cni");
	});

	it("linkerdCni=replace: its entry is gone, ours is there, and a pod of Linkerd's is redirected by its annotations", async () => {
		await installAgents("linkerdCni=replace");
		expect(pluginsNow()).not.toContain("linkerd-cni");
		expect(pluginsNow().at(-1)).toBe("shunt-cni");
		await apply(linkerdPod(linkerd, "CNI"), pod({ ...plain, annotations: inject(false) }, serverSpec()));
		await ready(place, "linkerd", "plain");
		expect(await kubectl("logs", "-n", place, "linkerd", "-c", "linkerd-network-validator")).not.toBe("");
		const addressOf = async (of: typeof plain) =>
			(await addressesOf(of)).find((one) => !one.includes(":")) ?? "";
		const outward = { client: linkerd, server: plain, url: urlOf(await addressOf(plain)), times: 4 };
		expect(await trace(outward)).toMatchObject({ outbound: 4, answers: Array(4).fill({ pod: "plain" }) });
		const inward = { client: plain, server: linkerd, url: urlOf(await addressOf(linkerd)), times: 4 };
		expect(await trace(inward)).toMatchObject({ inbound: 4, answers: Array(4).fill({ pod: "linkerd" }) });
		const skipped = { client: plain, server: linkerd, url: urlOf(await addressOf(linkerd), 8081), times: 1 };
		expect(await trace(skipped)).toMatchObject({ inbound: 0, answers: [{ error: "ECONNREFUSED" }] });
	});

	it("removed, it leaves the list as it was before linkerd-cni", async () => {
		await removeAgents();
		expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(before));
	});
});
