import {
	copyFileSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { annotationsCapability } from "../../src/cni/network-request.ts";
import { families } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { meshed } from "../support/cni/cni-call.ts";
import { makePluginFolder } from "../support/cni/plugin-folder.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import { eventually } from "../support/cri/eventually.ts";
import { type Pod, startPod } from "../support/cri/pod.ts";
import { type Injection, injectManifest } from "../support/kubelet/injected.ts";
import { type RunningPod, runPod } from "../support/kubelet/kubelet.ts";
import { outsidePorts, startNode } from "../support/kubelet/node.ts";
import { standard } from "../support/standard-policy.ts";

const manifest = readFileSync(new URL("manifests/application.yml", import.meta.url), "utf8");
const validator = "shunt-network-validator";

let folder: string;
let node: Awaited<ReturnType<typeof startNode>>;

/** The native plugin behind Debian's bridge and portmap. */
function listWith(own: object, cniVersion = "1.0.0"): string {
	const portmap = { type: "portmap", capabilities: { portMappings: true } };
	const entry = { type: "shunt-cni", capabilities: { [annotationsCapability]: true }, shunt: own };
	return podNetwork.config("pods", [portmap, entry], cniVersion);
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "shunt-e2e-cni-"));
	makePluginFolder(join(folder, "bin"), "native");
	node = await startNode({ plugins: join(folder, "bin"), list: listWith({ mode: "nft" }) });
}, 300_000);

afterAll(async () => {
	await node?.remove();
	rmSync(folder, { recursive: true });
});

/** containerd reads the list anew when it changes, a little later. */
async function useList(list: string): Promise<void> {
	writeFileSync(join(node.machine.cniLists, "pods.conflist"), list);
	await eventually("the new list", async () => {
		const { info } = await node.machine.cri.call("Status", { verbose: true });
		const { Networks = [] } = JSON.parse(info["cniconfig"] ?? "{}");
		const loaded = Networks.map(({ Config }: { Config: { Source: string } }) => Config.Source);
		return loaded.includes(list) ? true : undefined;
	});
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

/** What a pod's network namespace holds, by way of the process that keeps it. */
async function rulesIn(
	{ addresses }: Pod,
	commands = "cat /proc/net/ip_tables_names; nft list ruleset",
): Promise<string> {
	const holder = await eventually(`a process that has ${addresses.ipv4}`, () =>
		readdirSync("/proc").find(
			(pid) =>
				isOfThisNode(pid) && readIfThere(`/proc/${pid}/net/fib_trie`).includes(`-- ${addresses.ipv4}\n`),
		),
	);
	const look = ["sh", "-ec", commands];
	const { status, stdout, stderr } = node.machine.netns.try("nsenter", [
		`--net=/proc/${holder}/ns/net`,
		...look,
	]);
	expect([status, stderr]).toEqual([0, expect.any(String)]);
	return stdout;
}

/** Of the processes that keep sandboxes; other tests' machines may have the same addresses. */
function isOfThisNode(pid: string): boolean {
	return (
		readIfThere(`/proc/${pid}/comm`) === "catatonit\n" &&
		readIfThere(`/proc/${pid}/cgroup`).includes(node.machine.cgroup)
	);
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
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
		await useList(listWith({ mode: "legacy" }, "0.4.0"));
		await withSandbox(meshed, async (pod) => {
			expect(await rulesIn(pod)).toContain("nat");
		});
		await useList(listWith({ mode: "nft" }));
	});
});

describe.each<Mode>(["legacy", "nft", "nftables"])(
	"a manifest injected for the plugin, in mode %s",
	(mode) => {
		const injection: Injection = { mode, proxy: "shunt", nativeSidecar: true, cniEnabled: true };
		let pod: RunningPod;

		beforeAll(async () => {
			await useList(listWith({ mode }));
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
	await useList(listWith({ mode: "nftables" }));
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
	const { plugins, ...list } = JSON.parse(listWith(own));
	const withoutCapability = plugins.map(({ capabilities: _, ...plugin }: Record<string, unknown>) => plugin);
	await useList(JSON.stringify({ ...list, plugins: withoutCapability }));
	await withSandbox(meshed, async (pod) => {
		expect(await rulesIn(pod)).toBe("");
	});
});

it("sandboxes that are made while the plugin is replaced all have their rules", async () => {
	await useList(listWith({ mode: "nftables" }));
	const program = join(folder, "bin", "shunt-cni");
	let isDone = false;
	const replacing = (async () => {
		for (let round = 0; !isDone; round++) {
			copyFileSync("dist/native/shunt-cni", `${program}.${round}`);
			renameSync(`${program}.${round}`, program);
			await sleep(5);
		}
	})();
	const pods: Pod[] = [];
	try {
		for (let batch = 0; batch < 5; batch++) {
			const started = Array.from({ length: 4 }, () => startPod(node.machine, "upgrade", meshed));
			pods.push(...(await Promise.all(started)));
		}
		const held = await Promise.all(pods.map((pod) => rulesIn(pod)));
		expect(held.map((rules) => rules.includes("table inet shunt"))).toEqual(pods.map(() => true));
	} finally {
		isDone = true;
		await replacing;
		await Promise.all(pods.map((pod) => pod.remove()));
	}
});
