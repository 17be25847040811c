import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { meshed } from "../support/cni/cni-call.ts";
import { makePluginFolder } from "../support/cni/plugin-folder.ts";
import { eventually } from "../support/cri/eventually.ts";
import type { Machine } from "../support/cri/machine.ts";
import { startPod } from "../support/cri/pod.ts";
import { listWithPlugin, rulesIn, useList } from "../support/cri/pod-network.ts";
import { startShuntMachineOn } from "../support/cri/shunt-machine.ts";
import { tools } from "../support/cri/tools.ts";

// In a list of 1.1.0 containerd 2 asks plugins for their status, and says of the whole node what they answer. Earlier releases
// take no such list, and this is not run under them.
let folder: string;
let machine: Machine;

const list = (mode: string) => listWithPlugin({ mode }, "1.1.0");

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "shunt-e2e-status-"));
	makePluginFolder(join(folder, "bin"), "native", {}, tools.newestCniPlugins);
	machine = await startShuntMachineOn({ plugins: join(folder, "bin"), list: list("nftables") }, "shunt-init");
}, 300_000);

afterAll(async () => {
	await machine?.remove();
	rmSync(folder, { recursive: true });
});

function untilNetworkIs(ready: boolean): Promise<string> {
	return eventually(`a network that is ${ready ? "" : "not "}ready`, async () => {
		const { status } = await machine.cri.call("Status", {});
		const network = status.conditions.find(({ type }) => type === "NetworkReady");
		return network?.status === ready ? network.message : undefined;
	});
}

it("a node is ready where rules can be made, and makes them", async () => {
	await untilNetworkIs(true);
	const pod = await startPod(machine, "newest", meshed);
	expect(await rulesIn(machine, pod)).toContain("table inet shunt");
	await pod.remove();
});

it("a node is not ready where every meshed pod would fail, says why, and is when that is mended", async () => {
	await useList(machine, list("ebpf"));
	expect(await untilNetworkIs(false)).toContain('shunt.mode: "ebpf" is not a mode');
	await useList(machine, list("nftables"));
	await untilNetworkIs(true);
});
