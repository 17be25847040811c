import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { meshed } from "../support/cni/cni-call.ts";
import { makePluginFolder } from "../support/cni/plugin-folder.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type Pod, startPod } from "../support/cri/pod.ts";
import { listWithPlugin, rulesIn, useList } from "../support/cri/pod-network.ts";
import { startShuntMachineOn } from "../support/cri/shunt-machine.ts";

// How the plugin fares under a runtime to which things happen. E2E_CONTAINERD says which release it is, E2E_SANDBOXES how
// many sandboxes are made in the midst of something.
const sandboxes = Number(process.env["E2E_SANDBOXES"] ?? 20);
const atATime = 4;

let folder: string;
let machine: Machine;

function listWith(own: object): string {
	return listWithPlugin({ mode: "nftables", logFile: join(folder, "cni.log"), ...own });
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "shunt-e2e-runtime-"));
	makePluginFolder(join(folder, "bin"), "native");
	replacePlugin(0);
	machine = await startShuntMachineOn({ plugins: join(folder, "bin"), list: listWith({}) }, "shunt-init");
}, 300_000);

beforeEach(() => rmSync(join(folder, "cni.log"), { force: true }));

afterAll(async () => {
	await machine?.remove();
	rmSync(folder, { recursive: true });
});

/** As the agent does it: aside, and renamed into place. */
function replacePlugin(round: number): void {
	const program = join(folder, "bin", "shunt-cni");
	copyFileSync("dist/native/shunt-cni", `${program}.${round}`);
	renameSync(`${program}.${round}`, program);
}

function pluginLog(): string {
	const path = join(folder, "cni.log");
	return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** What `done` says is called again and again while sandboxes are made; each has to start, and to have its rules. */
async function makeSandboxesWhile(disturb: (round: number) => Promise<void> | void): Promise<void> {
	let isDone = false;
	const disturbing = (async () => {
		for (let round = 1; !isDone; round++) {
			await disturb(round);
		}
	})();
	// A failure is looked at in its turn.
	disturbing.catch(() => undefined);
	let withRules = 0;
	try {
		for (let made = 0; made < sandboxes; made += atATime) {
			const width = Math.min(atATime, sandboxes - made);
			const pods = await Promise.all(
				Array.from({ length: width }, () => startPod(machine, "disturbed", meshed)),
			);
			const held = await Promise.all(pods.map((pod) => rulesIn(machine, pod)));
			withRules += held.filter((rules) => rules.includes("table inet shunt")).length;
			await Promise.all(pods.map((pod) => pod.remove()));
		}
	} finally {
		isDone = true;
		await disturbing;
	}
	expect(withRules).toBe(sandboxes);
}

it("sandboxes that are made while the plugin is upgraded all start and all have their rules", () =>
	makeSandboxesWhile(async (round) => {
		replacePlugin(round);
		await sleep(5);
	}));

it("sandboxes that are made while the list is replaced by one with another setting all have their rules", () =>
	makeSandboxesWhile(async (round) => {
		await useList(machine, listWith({ policyWait: `${(round % 9) + 1}s` }));
	}));

describe.each(["TERM", "KILL"] as const)("a restart of containerd by SIG%s", (signal) => {
	it("leaves a sandbox its rules, which end with it, and later ones have theirs", async () => {
		const before = await startPod(machine, "before", meshed);
		const rules = await rulesIn(machine, before);
		expect(rules).toContain("table inet shunt");
		await machine.restartContainerd(signal);
		expect(await rulesIn(machine, before)).toBe(rules);
		const after = await startPod(machine, "after", meshed);
		expect(await rulesIn(machine, after)).toContain("table inet shunt");
		await before.remove();
		await after.remove();
		expect(
			pluginLog().match(/removed the ipv[46] rules of mode nftables|removed the inet rules/g),
		).toHaveLength(2);
	});
});

it("a sandbox without a stamp is touched neither by its begin nor by its end", async () => {
	const pod = await startPod(machine, "plain");
	expect(await rulesIn(machine, pod)).toBe("");
	await pod.remove();
	expect(pluginLog()).toBe("");
});

it("a sandbox that the plugin refuses leaves nothing behind that a later one would meet", async () => {
	const refused: Promise<Pod> = startPod(machine, "refused", { "shunt.dev/redirect": "{}" });
	await expect(refused).rejects.toThrow('plugin type="shunt-cni" failed (add)');
	expect(pluginLog()).not.toContain("stay");
	const pod = await startPod(machine, "next", meshed);
	expect(await rulesIn(machine, pod)).toContain("table inet shunt");
	await pod.remove();
});
