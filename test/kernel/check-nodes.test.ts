import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkJson, find } from "../check/support/checking.ts";
import { playKubelets, probePods, putNode, type Run, type ScheduledPod } from "../check/support/kubelet.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { withNetns } from "../support/netns.ts";
import { shuntProgram } from "../support/programs.ts";
import { makeToolFolder, type ToolFolder } from "../support/tool-folder.ts";

/** What a container runtime leaves of root's rights, for the user that the image names. */
const confined = [
	"setpriv",
	...["--reuid", "65534", "--regid", "65534", "--clear-groups"],
	...["--bounding-set", "-all,+net_admin,+net_raw", "--inh-caps", "-all,+net_admin,+net_raw"],
	...["--ambient-caps", "-all,+net_admin,+net_raw", "--no-new-privs"],
];

const everyVariant = ["iptables-legacy", "iptables-nft", "iptables"];

let api: ApiServer;
let runFolder: string;
const nodes = new Map<string, ToolFolder>();

beforeEach(async () => {
	api = await ApiServer.start();
	api.putNamespace("default");
	runFolder = mkdtempSync(join(tmpdir(), "shunt-run-"));
	chmodSync(runFolder, 0o777);
});
afterEach(async () => {
	rmSync(runFolder, { recursive: true });
	for (const tools of nodes.values()) {
		tools.remove();
	}
	nodes.clear();
	await api.stop();
});

/** A node, and the programs that the image has there. */
function makeNode(name: string, variants: readonly string[], more: readonly string[] = []): void {
	const tools = makeToolFolder();
	chmodSync(tools.path, 0o755);
	const programs = variants.flatMap((variant) => {
		const six = variant.replace("iptables", "ip6tables");
		return [`${variant}-restore`, `${variant}-save`, `${six}-restore`, `${six}-save`];
	});
	tools.link(...programs, ...more);
	nodes.set(name, tools);
	putNode(api, name);
}

/**
 * The real program in a network namespace of its own, as the kubelet would start it. The kernel is the same on all nodes, so
 * what tells them apart is what their programs can do.
 */
function runForReal({ spec }: ScheduledPod): Promise<Run> {
	const tools = nodes.get(spec.nodeName);
	const [{ args } = { args: [] }] = spec.containers;
	const env = ["env", `PATH=${tools?.path}`, `XTABLES_LOCKFILE=${runFolder}/xtables.lock`];
	return withNetns("node", (netns) => {
		const [program = "", ...rest] = [
			...confined,
			...env,
			shuntProgram,
			"init",
			...args,
			"--transport",
			"tools",
		];
		const { status, stdout, stderr } = netns.try(program, rest);
		return { exitCode: status ?? -1, log: `${stderr}${stdout}` };
	});
}

describe("check --pre --probe-nodes over real kernels and programs", () => {
	it("tells nodes apart, and names the modes that would do on all of them", async () => {
		makeNode("complete", everyVariant, ["nft"]);
		makeNode("modern", ["iptables-nft"], ["nft"]);
		makeNode("ancient", ["iptables-legacy"]);
		playKubelets(api, runForReal);
		const checked = await checkJson(api, ["--pre", "--probe-nodes", "--set", "proxyInit.iptablesMode=nft"]);
		expect(checked.status).toBe(1);
		const { message, details } = find(checked, "node-modes");
		expect(message).toBe(
			"1 of 3 cannot serve mode nft; no one mode fits all, but proxyInit.iptablesMode=auto does",
		);
		expect(details?.[0]).toMatch(/^complete: can serve legacy, nft, plain, nftables \(Linux \d/);
		expect(details?.[1]).toMatch(/^modern: can serve nft, nftables \(Linux/);
		expect(details?.[2]).toMatch(
			/^ancient: can serve legacy \(Linux .*; nft: iptables-nft-restore.*: not found/,
		);
		expect(probePods(api)).toEqual([]);
	});

	it("passes where every node can", async () => {
		makeNode("modern", ["iptables-nft"], ["nft"]);
		makeNode("ancient", ["iptables-legacy"]);
		playKubelets(api, runForReal);
		const checked = await checkJson(api, ["--pre", "--probe-nodes", "--set", "proxyInit.iptablesMode=auto"]);
		expect(find(checked, "node-modes").result).toBe("ok");
		expect(checked.status).toBe(0);
	});
});
