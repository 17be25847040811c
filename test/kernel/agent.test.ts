import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentProcess } from "../agent/support/agent-process.ts";
import { bridgeList, eventually, NodeFolders } from "../agent/support/node-folders.ts";

let folders: NodeFolders;
const running: AgentProcess[] = [];

beforeEach(() => {
	folders = new NodeFolders();
});

afterEach(async () => {
	await Promise.all(running.splice(0).map((agent) => agent.stop()));
	folders.remove();
});

/** An agent that has mounts of its own, as in a container. */
async function startBehind(mounts: string, ...flags: string[]): Promise<AgentProcess> {
	const script = `set -e; ${mounts}; exec "$@"`;
	const prefix = ["unshare", "--mount", "sh", "-c", script, "sh"];
	const agent = await AgentProcess.start(folders, { prefix, flags: ["--check-interval", "200ms", ...flags] });
	running.push(agent);
	return agent;
}

/** A file as the agent sees it. */
function seen(agent: AgentProcess, path: string): string {
	return readFileSync(`/proc/${agent.pid}/root${path}`, "utf8");
}

function fill(agent: AgentProcess, folder: string): void {
	expect(() =>
		writeFileSync(`/proc/${agent.pid}/root${folder}/filler`, Buffer.alloc(64 * 1024 * 1024)),
	).toThrow("ENOSPC");
}

describe("folders of a node that cannot be written", () => {
	it("say so where they are read-only, and are left as they are", async () => {
		folders.write("10-a.conflist", bridgeList);
		const readOnly = (folder: string) =>
			`mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`;
		const agent = await startBehind(readOnly(folders.netDir));
		expect((await agent.ask("/ready")).body).toMatch(
			/^not ready: the configuration cannot be changed: EROFS: read-only file system/,
		);
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
		await agent.stop();
		rmSync(folders.installedProgram);
		const other = await startBehind(readOnly(folders.binDir));
		expect((await other.ask("/ready")).body).toMatch(
			/^not ready: the program cannot be installed: EROFS: read-only file system/,
		);
		// A list never names a program that is not there.
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
	});

	it("are full: the list stays whole, and the work goes on when there is room", async () => {
		const { netDir } = folders;
		const agent = await startBehind(`mount -t tmpfs -o size=64k none ${netDir}`);
		const inside = `/proc/${agent.pid}/root${netDir}`;
		writeFileSync(`${inside}/10-a.conflist`, bridgeList);
		await eventually(() => seen(agent, `${netDir}/10-a.conflist`).includes("shunt-cni"));
		fill(agent, netDir);
		const fresh = bridgeList.replace("{", `{ "padding": "${"x".repeat(3000)}",`);
		// The kernel writes into the pages that the file has.
		writeFileSync(`${inside}/10-a.conflist`, fresh.slice(0, 4096));
		await eventually(() => agent.lines.some(({ obstacles }) => /ENOSPC/.test(`${obstacles}`)));
		expect(seen(agent, `${netDir}/10-a.conflist`)).toBe(fresh.slice(0, 4096));
		rmSync(`${inside}/filler`);
		await eventually(() => seen(agent, `${netDir}/10-a.conflist`).includes("shunt-cni"));
		expect((await agent.ask("/ready")).status).toBe(200);
	});

	it("are full before the program fits: no list names it, and half of it is nowhere", async () => {
		folders.write("10-a.conflist", bridgeList);
		writeFileSync(folders.program, Buffer.alloc(1024 * 1024));
		const agent = await startBehind(`mount -t tmpfs -o size=64k none ${folders.binDir}`);
		expect((await agent.ask("/ready")).body).toMatch(/^not ready: the program cannot be installed: ENOSPC/);
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
		writeFileSync(folders.program, "a smaller one");
		await eventually(() => folders.plugins("10-a.conflist")?.length === 3);
		expect(seen(agent, folders.installedProgram)).toBe("a smaller one");
	});

	it("are gone from under their mount: the agent ends, so that a new container mounts them anew", async () => {
		folders.write("10-a.conflist", bridgeList);
		const mounted = join(folders.root, "mounted");
		const agent = await AgentProcess.start(folders, {
			prefix: [
				...["unshare", "--mount", "sh", "-c"],
				`mkdir ${mounted} && mount --bind ${folders.netDir} ${mounted} && exec "$@"`,
				"sh",
			],
			flags: ["--check-interval", "200ms", "--net-dir", mounted],
		});
		running.push(agent);
		expect((await agent.ask("/ready")).status).toBe(200);
		rmSync(folders.netDir, { recursive: true });
		expect(await agent.exit).toBe(1);
		expect(agent.lines.at(-1)).toMatchObject({
			level: "error",
			error: `${mounted} was removed from the node, and this is what it was`,
		});
	});
});

it("needs no capability", async () => {
	folders.write("10-a.conflist", bridgeList, 0o600);
	const agent = await AgentProcess.start(folders, {
		prefix: ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
	});
	running.push(agent);
	expect(/^CapEff:\s+(.*)$/m.exec(readFileSync(`/proc/${agent.pid}/status`, "utf8"))?.[1]).toMatch(/^0+$/);
	expect((await agent.ask("/ready")).status).toBe(200);
	expect(folders.plugins("10-a.conflist")).toHaveLength(3);
});
