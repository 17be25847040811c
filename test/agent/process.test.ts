import { mkdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "./support/agent-process.ts";
import { bridgeList, eventually, NodeFolders } from "./support/node-folders.ts";

let folders: NodeFolders;
const running: AgentProcess[] = [];

beforeEach(() => {
	folders = new NodeFolders();
});

afterEach(async () => {
	await Promise.all(running.splice(0).map((agent) => agent.stop()));
	folders.remove();
});

async function start(...flags: string[]): Promise<AgentProcess> {
	const agent = await AgentProcess.start(folders, { flags });
	running.push(agent);
	return agent;
}

const complete = ["bridge", "portmap", "shunt-cni"];

function isInstalled(name = "10-a.conflist"): boolean {
	return folders.plugins(name)?.at(-1) === "shunt-cni" && folders.names(folders.binDir).includes("shunt-cni");
}

async function untilReady(agent: AgentProcess): Promise<void> {
	while ((await agent.ask("/ready")).status !== 200) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** As a network's own installer does, from a file beside it. */
function replaceList(text: string, name = "10-a.conflist"): void {
	writeFileSync(join(folders.netDir, ".fresh"), text);
	renameSync(join(folders.netDir, ".fresh"), join(folders.netDir, name));
}

// Events are to do it: the period is longer than any of these tests may take.
const byEvents = ["--check-interval", "1h"];

describe("the agent", () => {
	it("is live at once, ready when it is installed, and says so", async () => {
		const agent = await start(...byEvents);
		expect(await agent.ask("/live")).toEqual({ status: 200, body: "live\n" });
		expect(await agent.ask("/ready")).toEqual({
			status: 503,
			body: "not ready: there is no configuration of a network yet\n",
		});
		expect(await agent.metric("shunt_agent_installed")).toBe(0);
		folders.write("10-a.conflist", bridgeList);
		await untilReady(agent);
		expect(folders.plugins("10-a.conflist")).toEqual(complete);
		expect(await agent.metric("shunt_agent_installed")).toBe(1);
		expect(await agent.metric("shunt_agent_changes_total")).toBe(2);
		await eventually(() =>
			agent.lines.some(({ msg, file }) => msg === "installed" && file === "10-a.conflist"),
		);
	});

	it("leaves everything in place when it is told to end", async () => {
		folders.write("10-a.conflist", bridgeList);
		const agent = await start();
		agent.kill("SIGTERM");
		expect(await agent.exit).toBe(0);
		expect(agent.complaints).toBe("");
		expect(isInstalled()).toBe(true);
	});

	it("mends a list that is replaced, written in place, emptied, or deleted and made again", async () => {
		folders.write("10-a.conflist", bridgeList);
		const agent = await start(...byEvents);
		for (const change of [
			() => replaceList(bridgeList),
			() => folders.write("10-a.conflist", bridgeList),
			() => folders.write("10-a.conflist", ""),
			() => folders.write("10-a.conflist", bridgeList),
			() => unlinkSync(join(folders.netDir, "10-a.conflist")),
			() => replaceList(bridgeList),
		]) {
			change();
			const isWhole = () => folders.names().length === 0 || folders.read("10-a.conflist") === "";
			await eventually(() => isInstalled() || isWhole());
		}
		await untilReady(agent);
		expect(folders.plugins("10-a.conflist")).toEqual(complete);
	});

	it("ends installed after a hundred rewrites in a row", async () => {
		folders.write("10-a.conflist", bridgeList);
		await start();
		for (let round = 1; round <= 100; round++) {
			const text = bridgeList.replace('"name": "bridge"', `"name": "bridge-${round}"`);
			round % 2 === 0 ? replaceList(text) : folders.write("10-a.conflist", text);
			await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
		}
		await eventually(() => isInstalled());
		expect(JSON.parse(folders.read("10-a.conflist")).name).toBe("bridge-100");
		expect(folders.plugins("10-a.conflist")).toEqual(complete);
	});

	it("puts a deleted program back, and a folder that is made anew", async () => {
		folders.write("10-a.conflist", bridgeList);
		await start("--check-interval", "200ms");
		unlinkSync(folders.installedProgram);
		await eventually(() => isInstalled());
		// Whole and at once: a program that is looked after comes back while its folder is being emptied.
		renameSync(folders.binDir, `${folders.binDir}-gone`);
		await eventually(() => isInstalled());
		rmSync(folders.netDir, { recursive: true });
		await new Promise((resolve) => setTimeout(resolve, 300));
		mkdirSync(folders.netDir);
		folders.write("10-a.conflist", bridgeList);
		await eventually(() => isInstalled());
	});

	it("moves on when another network arrives that comes first", async () => {
		folders.write("10-a.conflist", bridgeList);
		await start(...byEvents);
		folders.write(
			"05-cilium.conflist",
			'{"cniVersion":"0.3.1","name":"c","plugins":[{"type":"cilium-cni"}]}',
		);
		await eventually(() => isInstalled("05-cilium.conflist"));
		await eventually(() => folders.read("10-a.conflist") === bridgeList);
		unlinkSync(join(folders.netDir, "05-cilium.conflist"));
		await eventually(() => isInstalled());
	});

	it("says which neighbour keeps the runtime from loading anything, and goes on when that is mended", async () => {
		folders.write("10-a.conflist", bridgeList);
		const agent = await start(...byEvents);
		folders.write("00-broken.conf", "{");
		await eventually(() => agent.lines.some(({ level }) => level === "warning"));
		expect((await agent.ask("/ready")).body).toBe(
			"not ready: containerd loads nothing while 00-broken.conf is there: it is not JSON\n",
		);
		unlinkSync(join(folders.netDir, "00-broken.conf"));
		await untilReady(agent);
	});

	it("lets another one of it wait, which takes over when it ends, however it ends", async () => {
		folders.write("10-a.conflist", bridgeList);
		const one = await start("--check-interval", "200ms");
		const other = await start("--check-interval", "200ms");
		expect((await other.ask("/ready")).body).toBe("not ready: another agent works on this node\n");
		replaceList(bridgeList);
		await eventually(() => isInstalled());
		expect(await other.metric("shunt_agent_changes_total")).toBe(0);
		one.kill("SIGKILL");
		await untilReady(other);
		replaceList(bridgeList);
		await eventually(() => isInstalled());
	});

	it("is killed in the midst of writing, and the next one finishes", async () => {
		folders.write("10-a.conflist", bridgeList);
		writeFileSync(folders.program, Buffer.alloc(128 * 1024 * 1024, "x"));
		const starting = AgentProcess.start(folders);
		starting.catch(() => undefined);
		const isUnfinished = () => folders.names(folders.binDir).some((name) => name.startsWith(".shunt-cni."));
		await eventually(isUnfinished);
		const [unfinished = ""] = folders.names(folders.binDir);
		process.kill(Number(/\d+$/.exec(unfinished)?.[0]), "SIGKILL");
		await expect(starting).rejects.toThrow("ended with SIGKILL");
		expect(folders.names(folders.binDir)).toEqual([unfinished]);
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
		writeFileSync(folders.program, "the program\n");
		await start();
		expect(folders.names(folders.binDir)).toEqual(["shunt-cni"]);
		expect(readFileSync(folders.installedProgram, "utf8")).toBe("the program\n");
		expect(isInstalled()).toBe(true);
	});

	it("takes a changed configuration over, and says why where it cannot", async () => {
		folders.write("10-a.conflist", bridgeList);
		const agent = await start(...byEvents);
		writeFileSync(folders.config, '{"log_level":"debug"}');
		await eventually(() => folders.read("10-a.conflist").includes('"log_level": "debug"'));
		writeFileSync(folders.config, '{"shunt":{"mode":"nftt"}}');
		await eventually(() => agent.lines.some(({ obstacles }) => /shunt.mode: "nftt"/.test(`${obstacles}`)));
		expect((await agent.ask("/ready")).status).toBe(503);
		expect(folders.read("10-a.conflist")).toContain('"log_level": "debug"');
		writeFileSync(folders.config, '{"log_level":"warn"}');
		await untilReady(agent);
		expect(folders.read("10-a.conflist")).toContain('"log_level": "warn"');
	});

	it("takes the entry out where it is told to uninstall, and is ready then", async () => {
		folders.write("10-a.conflist", bridgeList, 0o600);
		await (await start()).stop();
		running.pop();
		const agent = await start("--uninstall", ...byEvents);
		await untilReady(agent);
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
		expect(statSync(join(folders.netDir, "10-a.conflist")).mode & 0o777).toBe(0o600);
		expect(await agent.metric("shunt_agent_installed")).toBe(0);
	});
});

describe("the agent's input", () => {
	it("is refused with all its mistakes", async () => {
		const starting = start(
			...["--runtime", "docker", "--net-dir", "etc/cni", "--max-conf-num", "-1", "--linkerd-cni", "ignore"],
			...["--check-interval", "1", "--network", "x", "--admin-port", "0", "--log-format", "xml"],
		);
		await expect(starting).rejects.toThrow(/^ended with 64: (shunt agent: --[^\n]* \(want [^\n]*\)\n){6,}$/);
	});

	it.each([
		["[]", "is not a JSON object"],
		["{", "is not a JSON object"],
		['{"type":"other"}', "is another plugin's"],
		['{"linkerd":{"incoming-proxy-port":0}}', "plugin.json: linkerd.incoming-proxy-port"],
		['{"shunt":{"mode":"nftt"}}', "plugin.json: shunt.mode"],
		[undefined, "cannot be read (ENOENT)"],
	])("has to have a configuration: %s", async (text, complaint) => {
		unlinkSync(folders.config);
		if (text !== undefined) {
			writeFileSync(folders.config, text);
		}
		await expect(start()).rejects.toThrow(`ended with 64: shunt agent: ${folders.config}`);
		await expect(start()).rejects.toThrow(complaint);
		expect(folders.names(folders.binDir)).toEqual([]);
	});
});
