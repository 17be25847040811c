import { afterAll, beforeAll, expect, it } from "vitest";
import { documentedLines } from "../support/documented-lines.ts";
import { foreign, registry, run } from "./support/cluster.ts";
import { allObjects } from "./support/objects.ts";
import { programNamed } from "./support/programs.ts";
import { removeNamespaces } from "./support/release.ts";

let before: readonly string[];

beforeAll(async () => {
	before = await allObjects();
});

afterAll(() => removeNamespaces("hello", "team", "shunt", "shunt-cni"));

/** From top to bottom, with programs and names that the page takes for granted; stops at the first line that fails. */
async function type(lines: readonly string[]): Promise<string> {
	const folder = programNamed("kubectl").replace(/\/[^/]+$/, "");
	const script = ["set -eux -o pipefail", `PATH=$PWD/bin:${folder}:$PATH`, ...lines].join("\n");
	const { status, stdout, stderr } = await run("bash", ["-c", script]);
	expect(status, `${stdout}\n${stderr}`).toBe(0);
	return stdout;
}

// The pages' lines name images without a registry.
const isOurs = registry === "" && foreign === undefined;

it.runIf(isOurs)(
	"documented: the cluster's half of docs/five-minutes.md works when it is typed from top to bottom, and leaves nothing",
	async () => {
		const lines = documentedLines("docs/five-minutes.md", "On a cluster");
		expect(lines.length).toBeGreaterThan(12);
		const stdout = await type(lines);
		// Each node was tried; the rules were made; the question was answered, and the proxy counted it.
		expect(stdout).toContain("can serve legacy, nft, nftables");
		expect(stdout).toMatch(/web-\S+ +2\/2 +Running/);
		expect(stdout).toContain("rules applied in one transaction (mode nft, via kernel)");
		expect(stdout).toContain("goes to the proxy on port 4143");
		expect(stdout).toContain("\nhello\n");
		expect(stdout).toContain('shunt_proxy_connections_total{direction="inbound"} 1');
		expect(await allObjects()).toEqual(before);
	},
);

it.runIf(isOurs)(
	"documented: the README's lines for a cluster work when they are typed from top to bottom, those for CNI after the others",
	async () => {
		const lines = documentedLines("README.md", "Install on a cluster");
		expect(lines.length).toBeGreaterThan(7);
		const stdout = await type([
			"kubectl create namespace team",
			...lines,
			"bin/shunt check --wait 2m",
			"kubectl -n shunt-cni rollout status daemonset/shunt-cni --timeout=2m",
			"bin/shunt uninstall | kubectl delete -f -",
			"bin/shunt install-cni --set uninstall=true | kubectl apply -f -",
			"kubectl -n shunt-cni rollout status daemonset/shunt-cni --timeout=2m",
			"bin/shunt install-cni | kubectl delete -f -",
			"kubectl delete namespace team",
		]);
		expect(stdout).toContain("a new pod that asks for a proxy gets one, in the release's mode (dry run)");
		expect(stdout).toContain(
			"the CNI plugin's agents are installed, where the release needs them: in namespace shunt-cni",
		);
		expect(await allObjects()).toEqual(before);
	},
);
