import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentNode } from "../agent/support/agent-node.ts";
import type { AgentProcess, ProcessSettings } from "../agent/support/agent-process.ts";
import { bridgeList, eventually } from "../agent/support/node-folders.ts";
import { Status } from "../support/api-server/status.ts";
import { callPlugin, inputFor, meshed } from "../support/cni/cni-call.ts";
import { withNetns } from "../support/netns.ts";

let node: AgentNode;
let folders: AgentNode["folders"];
let api: AgentNode["api"];

beforeEach(async () => {
	node = await AgentNode.make();
	({ folders, api } = node);
	api.putNamespace("shop", { "shunt.dev/inject": "enabled" });
});

afterEach(() => node.remove());

function start({ flags = ["--watch-pods"], prefix = [] }: ProcessSettings = {}): Promise<AgentProcess> {
	return node.start({ flags: ["--check-interval", "200ms", ...flags], prefix });
}

function putPod(name: string): string {
	return node.putPod(name, { metadata: { annotations: meshed } });
}

/** The exit status and the error's code of an ADD, as a runtime calls it for a pod in a namespace of its own. */
function add(
	{ name, uid = "u1", namespace = "shop" }: { name: string; uid?: string; namespace?: string },
	annotations?: Readonly<Record<string, string>>,
): Promise<readonly [number | null, number | undefined, boolean]> {
	return withNetns("fault", (netns) => {
		const CNI_ARGS = `K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_UID=${uid}`;
		const input = inputFor(annotations, { mode: "nft", runDir: folders.runDir, policyWait: "300ms" });
		const { status, answer } = callPlugin({ command: "ADD", netns, input, env: { CNI_ARGS } });
		const rules = netns.run("nft", ["list", "ruleset"]);
		return [status, (answer as { code?: number }).code, rules.includes("redirect")] as const;
	});
}

const withRules = [0, undefined, true];
const untouched = [0, undefined, false];
const tryAgain = [1, 11, false];
const fileOf = (name: string) => join(folders.runDir, "pods", `shop_${name}.json`);

/** Undefined while there is none. */
function versionOf(name: string): unknown {
	try {
		return JSON.parse(readFileSync(fileOf(name), "utf8")).version;
	} catch {
		return undefined;
	}
}

describe("pods start", () => {
	it("while the agent is dead, but for those that only it could tell of", async () => {
		const known = putPod("known");
		const agent = await start();
		await eventually(() => versionOf("known") === 1 && folders.readRun("node.json") !== undefined);
		agent.kill("SIGKILL");
		await agent.exit;
		const unknown = putPod("unknown");
		expect(await add({ name: "stamped" }, meshed)).toEqual(withRules);
		expect(await add({ name: "known", uid: known })).toEqual(withRules);
		expect(await add({ name: "elsewhere", namespace: "other" })).toEqual(untouched);
		expect(await add({ name: "unknown", uid: unknown })).toEqual(tryAgain);
		await start();
		await eventually(() => versionOf("unknown") === 1);
		expect(await add({ name: "unknown", uid: unknown })).toEqual(withRules);
	});

	it("while the API server does not know the agent's token any more", async () => {
		const known = putPod("known");
		const agent = await start();
		await eventually(() => versionOf("known") === 1 && api.watches.count === 2);
		api.obstacle = () => new Status(401, "Unauthorized", "Unauthorized");
		api.watches.cut();
		await eventually(() => agent.lines.some(({ error }) => /401|Unauthorized/.test(`${error}`)));
		expect((await agent.ask("/ready")).status).toBe(200);
		expect(await add({ name: "stamped" }, meshed)).toEqual(withRules);
		expect(await add({ name: "plain" }, {})).toEqual(untouched);
		expect(await add({ name: "known", uid: known })).toEqual(withRules);
	});

	it("after a reboot, before the agent does, and the agent finds its work done", async () => {
		const agent = await start();
		await agent.stop();
		const [list, program] = [folders.read("10-a.conflist"), readFileSync(folders.installedProgram, "utf8")];
		rmSync(folders.runDir, { recursive: true });
		expect(await add({ name: "stamped" }, meshed)).toEqual(withRules);
		expect(await add({ name: "nobody-knows" })).toEqual(untouched);
		const after = await start();
		expect((await after.ask("/ready")).status).toBe(200);
		expect(await after.metric("shunt_agent_changes_total")).toBe(0);
		expect([folders.read("10-a.conflist"), readFileSync(folders.installedProgram, "utf8")]).toEqual([
			list,
			program,
		]);
		await eventually(() => folders.readRun("node.json") !== undefined);
	});
});

describe("files about pods", () => {
	it("wait where the disk is full, and say so; the rest of the work goes on", async () => {
		const { runDir } = folders;
		const agent = await start({
			prefix: [
				"unshare",
				"--mount",
				"sh",
				"-c",
				`mount -t tmpfs -o size=64k none ${runDir} && exec "$@"`,
				"sh",
			],
		});
		const inside = `/proc/${agent.pid}/root${runDir}`;
		await eventually(() => isThere(`${inside}/node.json`));
		expect(() => writeFileSync(`${inside}/filler`, Buffer.alloc(1024 * 1024))).toThrow("ENOSPC");
		putPod("late");
		await eventually(() => agent.lines.some(({ error }) => /ENOSPC/.test(`${error}`)));
		folders.write("10-a.conflist", bridgeList);
		await eventually(() => folders.plugins("10-a.conflist")?.length === 3);
		expect((await agent.ask("/ready")).status).toBe(200);
		rmSync(`${inside}/filler`);
		await eventually(() => isThere(`${inside}/pods/shop_late.json`));
	});

	it("that are half written, of a later version, or left unfinished are made anew", async () => {
		const uid = putPod("half");
		putPod("later");
		const agent = await start();
		await eventually(() => versionOf("half") === 1 && versionOf("later") === 1);
		await eventually(() => folders.readRun("node.json")?.includes("shop") === true);
		await agent.stop();
		writeFileSync(fileOf("half"), readFileSync(fileOf("half"), "utf8").slice(0, 40));
		writeFileSync(fileOf("later"), '{"version":2,"uid":"u1","anything":"else"}');
		writeFileSync(join(folders.runDir, "pods", ".shop_half.json.shunt-tmp-77"), "{");
		expect(await add({ name: "half", uid })).toEqual(tryAgain);
		expect(await add({ name: "later" })).toEqual(tryAgain);
		await start();
		await eventually(() => versionOf("half") === 1 && versionOf("later") === 1);
		expect(await add({ name: "half", uid })).toEqual(withRules);
		await eventually(() => folders.names(join(folders.runDir, "pods")).length === 2);
	});
});

/** Whole. */
function isThere(path: string): boolean {
	try {
		return readFileSync(path, "utf8").endsWith("\n");
	} catch {
		return false;
	}
}

describe("the folder of networks", () => {
	const other = '{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"macvlan"}]}';

	it.each(["0", "2"])("with max_conf_num %s has the entry in the first network alone", async (number) => {
		folders.write("20-b.conflist", other);
		const agent = await start({ flags: ["--max-conf-num", number] });
		await eventually(() => folders.plugins("10-a.conflist")?.at(-1) === "shunt-cni");
		expect(folders.read("20-b.conflist")).toBe(other);
		// containerd reads the second one too, and then loads nothing.
		folders.write("20-b.conflist", "{");
		await eventually(() =>
			agent.lines.some(({ obstacles }) => /20-b\.conflist is there/.test(`${obstacles}`)),
		);
		expect((await agent.ask("/ready")).status).toBe(503);
		folders.write("20-b.conflist", other);
		await eventually(() => agent.lines.at(-1)?.["msg"] === "installed");
		expect((await agent.ask("/ready")).status).toBe(200);
	});

	it("has the entry in a hidden file where that is the first, and none in what no runtime loads", async () => {
		const agent = await start({ flags: [] });
		await eventually(() => folders.plugins("10-a.conflist")?.length === 3);
		folders.write("05-a.conflist.bak", "{");
		folders.write("06-a.yaml", "a: [");
		folders.write(".00-hidden.conflist", other);
		await eventually(() => folders.plugins(".00-hidden.conflist")?.at(-1) === "shunt-cni");
		await eventually(() => folders.read("10-a.conflist") === bridgeList);
		expect((await agent.ask("/ready")).status).toBe(200);
		expect([folders.read("05-a.conflist.bak"), folders.read("06-a.yaml")]).toEqual(["{", "a: ["]);
	});
});
