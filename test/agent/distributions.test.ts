import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { annotationsCapability } from "../../src/cni/network-request.ts";
import { objectAt, objectsAt, textAt } from "../../src/inject/json.ts";
import { distributions, only, podOf, render } from "../chart/shunt-cni/support/cni-chart.ts";
import { eventually } from "../support/cri/eventually.ts";
import { AgentProcess } from "./support/agent-process.ts";
import { NodeFolders } from "./support/node-folders.ts";

/** What a distribution's node has before the agent comes. Names of files are theirs, contents as far as they matter. */
interface Layout {
	/** The file that the runtime loads. */
	readonly loaded: string;
	/** The types in it, in a list; one alone is a file of a single plugin. */
	readonly plugins: readonly string[] | string;
	/** Other files of the folder, none of which may change. */
	readonly others?: Readonly<Record<string, string>>;
	/** Plugins are links to where the release is unpacked. */
	readonly hasLinks?: boolean;
}

const layouts: Readonly<Record<string, Layout>> = {
	// Azure CNI Overlay.
	"values-aks.yaml": {
		loaded: "15-azure-swift-overlay.conflist",
		plugins: ["azure-vnet", "portmap"],
		others: { "99-loopback.conf": '{"cniVersion":"0.3.0","name":"lo","type":"loopback"}' },
	},
	// amazon-vpc-cni-k8s, misc/10-aws.conflist.
	"values-bottlerocket.yaml": { loaded: "10-aws.conflist", plugins: ["aws-cni", "egress-cni", "portmap"] },
	"values-containerd.yaml": { loaded: "10-containerd-net.conflist", plugins: ["bridge", "portmap"] },
	// cri-o, contrib/cni.
	"values-crio.yaml": {
		loaded: "11-crio-ipv4-bridge.conflist",
		plugins: ["bridge"],
		others: {
			"99-loopback.conflist": '{"cniVersion":"1.0.0","name":"loopback","plugins":[{"type":"loopback"}]}',
		},
	},
	"values-eks.yaml": { loaded: "10-aws.conflist", plugins: ["aws-cni", "egress-cni", "portmap"] },
	"values-gke.yaml": { loaded: "10-containerd-net.conflist", plugins: ["ptp", "portmap"] },
	"values-k3s.yaml": {
		loaded: "10-flannel.conflist",
		plugins: ["flannel", "portmap", "bandwidth"],
		hasLinks: true,
	},
	"values-openshift.yaml": {
		loaded: "00-multus.conf",
		plugins: "multus-shim",
		others: { "multus.kubeconfig": "apiVersion: v1\nkind: Config\n" },
	},
	"values-rke2.yaml": {
		loaded: "10-canal.conflist",
		plugins: ["calico", "portmap", "bandwidth"],
		others: { "calico-kubeconfig": "apiVersion: v1\nkind: Config\n" },
	},
	"values-talos.yaml": { loaded: "10-flannel.conflist", plugins: ["flannel", "portmap"] },
};

let folders: NodeFolders;
let agent: AgentProcess | undefined;

afterEach(async () => {
	await agent?.stop();
	agent = undefined;
	folders?.remove();
});

/** A node of that distribution, the agent's arguments by its values, and the plugin's configuration. */
function nodeOf(file: string, layout: Layout) {
	folders = new NodeFolders();
	const objects = render({ name: "", files: [file] });
	const [container = {}] = objectsAt(podOf(objects), "containers");
	const args = (container["args"] as readonly string[]).map(String);
	const valueOfFlag = (flag: string) => args.find((arg) => arg.startsWith(`--${flag}=`))?.split("=")[1];
	const [netDir, binDir] = ["net-dir", "bin-dir"].map((flag) => `${folders.root}${valueOfFlag(flag)}`);
	for (const folder of [netDir, binDir]) {
		mkdirSync(folder ?? "", { recursive: true });
	}
	const node = Object.assign(Object.create(folders), { netDir, binDir }) as NodeFolders;
	writeFileSync(folders.config, textAt(objectAt(only(objects, "ConfigMap"), "data"), "plugin.json") ?? "");
	node.write(layout.loaded, textOf(layout), 0o600);
	for (const [name, text] of Object.entries(layout.others ?? {})) {
		node.write(name, text);
	}
	addPlugins(node, layout);
	// The chart's own flags, but for the ones that say where this node and its API server are.
	const flags = args.filter((arg) => /^--(?:runtime|max-conf-num|network|linkerd-cni)=/.test(arg));
	return { node, flags };
}

function textOf({ plugins }: Layout): string {
	const common = { cniVersion: "0.3.1", name: "pods" };
	const configuration =
		typeof plugins === "string"
			? { ...common, type: plugins }
			: { ...common, plugins: plugins.map((type) => ({ type })) };
	return `${JSON.stringify(configuration, undefined, "  ")}\n`;
}

/** Beside the network's own, the loopback plugin; as k3s has them, in the folder of a release. */
function addPlugins({ binDir }: NodeFolders, { plugins, hasLinks = false }: Layout): void {
	const release = join(dirname(binDir), "4f2a81", "bin");
	mkdirSync(release, { recursive: true });
	for (const name of [plugins, "loopback"].flat()) {
		writeFileSync(join(hasLinks ? release : binDir, name), "#!/bin/false\n", { mode: 0o755 });
		if (hasLinks) {
			symlinkSync(`../4f2a81/bin/${name}`, join(binDir, name));
		}
	}
}

async function start(node: NodeFolders, flags: readonly string[], ...more: string[]): Promise<void> {
	await agent?.stop();
	const started = await AgentProcess.start(node, { flags: [...flags, ...more] });
	agent = started;
	await eventually("a ready agent", async () =>
		(await started.ask("/ready")).status === 200 ? true : undefined,
	);
}

describe.each(distributions)("with %s, on a node that is laid out so,", (file) => {
	it("the agent installs the plugin where the runtime looks, and takes it out without a trace", async () => {
		const layout = layouts[file];
		if (layout === undefined) {
			throw new Error(`what does a node of ${file} look like?`);
		}
		const { node, flags } = nodeOf(file, layout);
		const before = contentOf(node);
		await start(node, flags);

		expect(existsSync(node.installedProgram)).toBe(true);
		expect(readFileSync(node.installedProgram)).toEqual(readFileSync(node.program));
		const isSingle = typeof layout.plugins === "string";
		const list = JSON.parse(node.read(isSingle ? `${layout.loaded}.shunt.conflist` : layout.loaded));
		expect(list).toMatchObject({ cniVersion: "0.3.1", name: "pods" });
		expect(list.plugins.map(({ type }: { type: string }) => type)).toEqual([
			...[layout.plugins].flat(),
			"shunt-cni",
		]);
		expect(list.plugins.at(-1)).toMatchObject({
			capabilities: { [annotationsCapability]: true },
			shunt: { agent: { daemonSet: "shunt-cni" } },
		});
		for (const [name, text] of Object.entries(layout.others ?? {})) {
			expect(node.read(name)).toBe(text);
		}

		await start(node, flags, "--uninstall");
		expect(contentOf(node)).toEqual(before);
	});
});

it("k3s with a folder of plugins that a new release has emptied gets the plugin again", async () => {
	const { node, flags } = nodeOf("values-k3s.yaml", layouts["values-k3s.yaml"] as Layout);
	await start(node, flags);
	rmSync(node.binDir, { recursive: true });
	mkdirSync(node.binDir);
	copyFileSync("/bin/true", join(node.binDir, "flannel"));
	await eventually("the program", () => existsSync(node.installedProgram) || undefined);
});

function contentOf(node: NodeFolders): Readonly<Record<string, string>> {
	return Object.fromEntries(node.names(node.netDir).map((name) => [name, node.read(name)]));
}
