import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { meshed } from "../support/cni/cni-call.ts";
import { makePluginFolder } from "../support/cni/plugin-folder.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import { type Pod, startPod } from "../support/cri/pod.ts";
import {
	rulesIn as allRules,
	inPodNetwork,
	listWithPlugin,
	useList as loadList,
} from "../support/cri/pod-network.ts";
import { type Injection, injectManifest } from "../support/kubelet/injected.ts";
import { type RunningPod, runPod } from "../support/kubelet/kubelet.ts";
import { outsidePorts, startNode } from "../support/kubelet/node.ts";
import { standard } from "../support/standard-policy.ts";

const manifest = readFileSync(new URL("manifests/application.yml", import.meta.url), "utf8");
const validator = "shunt-network-validator";

let folder: string;
let node: Awaited<ReturnType<typeof startNode>>;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "shunt-e2e-cni-"));
	makePluginFolder(join(folder, "bin"), "native");
	node = await startNode({ plugins: join(folder, "bin"), list: listWithPlugin({ mode: "nft" }) });
}, 300_000);

afterAll(async () => {
	await node?.remove();
	rmSync(folder, { recursive: true });
});

function useList(list: string): Promise<void> {
	return loadList(node.machine, list);
}

async function withSandbox<T>(
	annotations: Readonly<Record<string, string>>,
	use: (pod: Pod) => Promise<T> | T,
) {
	const pod = await startPod(node.machine, "sandbox", annotations);
	try {
		return await use(pod);
	} finally {
		await pod.remove();
	}
}

function rulesIn(pod: Pod, commands?: string): Promise<string> {
	return commands === undefined ? allRules(node.machine, pod) : inPodNetwork(node.machine, pod, commands);
}

describe("a sandbox", () => {
	it("with a stamp has its rules before any container is started", () =>
		withSandbox(meshed, async (pod) => {
			for (const tool of ["iptables-nft-save", "ip6tables-nft-save"]) {
				const rules = await rulesIn(pod, tool);
				for (const rule of [...standard.redirect, ...standard.outgoing]) {
					const [, comment = "nothing"] = /--comment "([^"]+)"/.exec(rule) ?? [];
					expect(rules).toContain(comment);
				}
			}
		}));

	it("without one is left as it is", () =>
		withSandbox({ "example.com/purpose": "none" }, async (pod) => {
			expect(await rulesIn(pod)).toBe("");
		}));

	it("without any annotation is left as it is", () =>
		withSandbox({}, async (pod) => {
			expect(await rulesIn(pod)).toBe("");
		}));

	it("with a stamp that is wrong is not started, and says why", async () => {
		await expect(withSandbox({ "shunt.dev/redirect": "{}" }, () => undefined)).rejects.toThrow(
			/plugin type="shunt-cni" failed \(add\): pod default\/sandbox-\w+: annotation shunt\.dev\/redirect has 2 mistakes/,
		);
	});

	it("in a list of an older version has its rules too", async () => {
		await useList(listWithPlugin({ mode: "legacy" }, "0.4.0"));
		await withSandbox(meshed, async (pod) => {
			expect(await rulesIn(pod)).toContain("nat");
		});
		await useList(listWithPlugin({ mode: "nft" }));
	});
});

describe.each<Mode>(["legacy", "nft", "nftables"])(
	"a manifest injected for the plugin, in mode %s",
	(mode) => {
		const injection: Injection = { mode, proxy: "shunt", nativeSidecar: true, cniEnabled: true };
		let pod: RunningPod;

		beforeAll(async () => {
			await useList(listWithPlugin({ mode }));
			const { pod: injected, configMaps } = injectManifest(manifest, injection, node.machine.folder);
			pod = await runPod(node, injected, configMaps);
		}, 300_000);

		afterAll(() => pod?.remove());

		it("has a validator that finds the rules working, and no init container that makes them", () => {
			expect(pod.container(validator).log().join("\n")).toMatch(/validated/i);
			expect(() => pod.container("shunt-init")).toThrow("no container");
		});

		it.each(families)("has its traffic carried by the proxy over %s", async (family) => {
			const own = pod.addresses[family];
			expect(await node.actor.ask(own, 8080)).toMatchObject({ isWhole: true, remote: own });
			const ask = ["/usr/bin/node", "/app/ask.js", podNetwork.gateway[family], `${outsidePorts.served}`];
			expect(JSON.parse(await pod.container("application").exec(...ask))).toMatchObject({ remote: own });
		});
	},
);

it("a manifest injected with an init container is left to that", async () => {
	await useList(listWithPlugin({ mode: "nftables" }));
	const injection: Injection = { mode: "nft", proxy: "shunt", nativeSidecar: true, cniEnabled: false };
	const { pod: injected, configMaps } = injectManifest(manifest, injection, node.machine.folder);
	const pod = await startPod(node.machine, "with-init", injected.metadata.annotations);
	try {
		expect(await rulesIn(pod)).toBe("");
	} finally {
		await pod.remove();
	}
	const running = await runPod(node, injected, configMaps);
	try {
		expect(await node.actor.ask(running.addresses.ipv4, 8080)).toMatchObject({ isWhole: true });
	} finally {
		await running.remove();
	}
});

it("a sandbox whose annotations are not handed over is left as it is, and waits for no agent that is not there", async () => {
	const own = { mode: "nft", runDir: join(folder, "run"), policyWait: "60s" };
	const { plugins, ...list } = JSON.parse(listWithPlugin(own));
	const withoutCapability = plugins.map(({ capabilities: _, ...plugin }: Record<string, unknown>) => plugin);
	await useList(JSON.stringify({ ...list, plugins: withoutCapability }));
	await withSandbox(meshed, async (pod) => {
		expect(await rulesIn(pod)).toBe("");
	});
});
