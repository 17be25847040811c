import { copyFileSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AgentProcess } from "../agent/support/agent-process.ts";
import { NodeFolders } from "../agent/support/node-folders.ts";
import { meshed } from "../support/cni/cni-call.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import { eventually } from "../support/cri/eventually.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type Pod, startPod } from "../support/cri/pod.ts";
import { rulesIn } from "../support/cri/pod-network.ts";
import { startShuntMachineOn } from "../support/cri/shunt-machine.ts";
import { tools } from "../support/cri/tools.ts";

// How many sandboxes are made while agents are replaced, by fours.
const sandboxes = Number(process.env["E2E_SANDBOXES"] ?? 20);

// A real containerd with Debian's bridge and portmap, which knows nothing of us, and an agent on it.
const plain = podNetwork.config(
	"agent",
	[{ type: "portmap", capabilities: { portMappings: true } }],
	"1.0.0",
);

let folders: NodeFolders;
let machine: Machine;
let agent: AgentProcess | undefined;

beforeAll(async () => {
	folders = new NodeFolders();
	for (const plugin of readdirSync(tools.cniPlugins)) {
		symlinkSync(`${tools.cniPlugins}/${plugin}`, join(folders.binDir, plugin));
	}
	copyFileSync("dist/native/shunt-cni", folders.program);
	const own = { mode: "nftables", runDir: folders.runDir, logFile: pluginLog() };
	writeFileSync(folders.config, JSON.stringify({ shunt: own }));
	machine = await startShuntMachineOn({ plugins: folders.binDir, list: plain }, "shunt-init");
}, 300_000);

afterAll(async () => {
	await agent?.stop();
	await machine?.remove();
	folders.remove();
});

function pluginLog(): string {
	return join(folders.runDir, "plugin.log");
}

function list(): string {
	return readFileSync(join(machine.cniLists, "pods.conflist"), "utf8");
}

/** An agent that says it is ready. */
async function startAgent(...flags: string[]): Promise<AgentProcess> {
	await agent?.stop();
	const own = ["--net-dir", machine.cniLists, "--plugin-log", pluginLog(), "--check-interval", "1s"];
	const started = await AgentProcess.start(folders, { flags: [...own, ...flags] });
	agent = started;
	await isReady(started);
	return started;
}

async function isReady(asked: AgentProcess): Promise<void> {
	await eventually("a ready agent", async () =>
		(await asked.ask("/ready")).status === 200 ? true : undefined,
	);
	// containerd hears of a changed list a moment later, and says so by loading it.
	await sleep(300);
}

async function rulesOf(annotations: Readonly<Record<string, string>>): Promise<boolean> {
	const pod = await startPod(machine, "pod", annotations);
	try {
		return await hasRules(pod);
	} finally {
		await pod.remove();
	}
}

async function hasRules(pod: Pod): Promise<boolean> {
	return (await rulesIn(machine, pod)).includes("table inet shunt");
}

it("a node without an agent makes pods without rules", async () => {
	expect(await rulesOf(meshed)).toBe(false);
});

it("a ready agent means that pods with a stamp have rules, and others none", async () => {
	const started = await startAgent();
	expect(JSON.parse(list()).plugins.at(-1).type).toBe("shunt-cni");
	expect(await rulesOf(meshed)).toBe(true);
	expect(await rulesOf({})).toBe(false);
	await eventually("the plugin's own words", () =>
		started.lines.find(({ msg, line }) => msg === "plugin" && /pod default\/pod-/.test(`${line}`)),
	);
});

it.each([
	["the list is replaced by its owner", () => writeFileSync(join(machine.cniLists, "pods.conflist"), plain)],
	["the program is deleted", () => rmSync(folders.installedProgram)],
	["another program is in its place", () => writeFileSync(folders.installedProgram, "#!/bin/false\n")],
	[
		"another network comes before it",
		() => writeFileSync(join(machine.cniLists, "05-first.conflist"), plain.replace("shunt-e2e", "first")),
	],
	["that goes away again", () => rmSync(join(machine.cniLists, "05-first.conflist"))],
])("pods have rules again soon after %s", async (_, spoil) => {
	const started = agent;
	if (started === undefined) {
		throw new Error("no agent");
	}
	const before = await started.metric("shunt_agent_changes_total");
	spoil();
	await eventually("the mending", async () =>
		(await started.metric("shunt_agent_changes_total")) > before ? true : undefined,
	);
	await isReady(started);
	expect(await rulesOf(meshed)).toBe(true);
});

it("pods that are made while the agent is replaced by another version all start, and all have rules", async () => {
	let isDone = false;
	const replacing = (async () => {
		for (let round = 0; !isDone; round++) {
			writeFileSync(
				folders.program,
				Buffer.concat([readFileSync("dist/native/shunt-cni"), Buffer.from(`${round}`)]),
			);
			await startAgent();
		}
	})();
	let withRules = 0;
	try {
		for (let made = 0; made < sandboxes; made += 4) {
			const pods = await Promise.all([1, 2, 3, 4].map(() => startPod(machine, "upgrade", meshed)));
			withRules += (await Promise.all(pods.map(hasRules))).filter(Boolean).length;
			await Promise.all(pods.map((pod) => pod.remove()));
		}
	} finally {
		isDone = true;
		await replacing;
	}
	expect(withRules).toBe(sandboxes);
});

it("an agent that is told to uninstall is ready when pods have none any more", async () => {
	await startAgent("--uninstall");
	expect(list()).toBe(plain);
	expect(await rulesOf(meshed)).toBe(false);
});
