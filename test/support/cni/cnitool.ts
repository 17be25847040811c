import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { annotationsCapability } from "../../../src/cni/network-request.ts";
import { makeNetns, type Netns } from "../netns.ts";
import { makePluginFolder, type PluginRuntime } from "./plugin-folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Where it is missing, `scripts/test.sh` says so, and that it is left out. */
export const hasCnitool = process.env["SHUNT_TEST_WITHOUT_CNITOOL"] === undefined;

/** libcni as a runtime uses it, on a node and about a pod that have network namespaces of their own. */
export interface CniNode {
	readonly pod: Netns;
	readonly folder: string;
	/** cnitool with this list of plugins, about a pod with these annotations. */
	cnitool(
		verb: "add" | "check" | "del" | "gc" | "status",
		list: object,
		annotations?: Readonly<Record<string, string>>,
	): SpawnSyncReturns<string>;
	remove(): void;
}

/** What a test's node has besides Debian's plugins and ours. */
export type Scripts = Readonly<Record<string, string>>;

export interface NodePlugins {
	/** By their names. */
	readonly scripts?: Scripts;
	/** In place of Debian's stable plugins. */
	readonly others?: string;
}

export function makeCniNode(runtime: PluginRuntime, { scripts, others }: NodePlugins = {}): CniNode {
	const program = execFileSync(`${root}scripts/ensure-cnitool.sh`, {
		encoding: "utf8",
		timeout: 600_000,
	}).trim();
	const folder = mkdtempSync(join(tmpdir(), "shunt-cnitool-"));
	const [node, pod] = [makeNetns("node"), makeNetns("pod")];
	makePluginFolder(`${folder}/bin`, runtime, scripts, others);
	for (const name of ["lists", "state"]) {
		mkdirSync(`${folder}/${name}`);
	}
	return {
		pod,
		folder,
		cnitool: (verb, list, annotations) => {
			writeFileSync(`${folder}/lists/pods.conflist`, JSON.stringify({ name: "pods", ...list }));
			const args = [`--net=${node.path}`, "unshare", "--mount", "sh", "-c", withState, `${folder}/state`];
			return spawnSync("nsenter", [...args, program, verb, "pods", pod.path], {
				encoding: "utf8",
				timeout: 60_000,
				env: {
					PATH: process.env["PATH"],
					CNI_PATH: `${folder}/bin`,
					NETCONFPATH: `${folder}/lists`,
					CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u1",
					CAP_ARGS: JSON.stringify(annotations === undefined ? {} : { [annotationsCapability]: annotations }),
				},
			});
		},
		remove: () => {
			node.remove();
			pod.remove();
			rmSync(folder, { recursive: true });
		},
	};
}

/** libcni and Debian's plugins keep what they know under /var/lib/cni, and will not be talked out of it. */
const withState =
	'mount -t tmpfs shunt-test /var/lib && mkdir /var/lib/cni && mount --bind "$0" /var/lib/cni && exec "$@"';

/** Our entry, as the agent appends it. */
export function ownEntry(own: object = { mode: "nft" }): object {
	return { type: "shunt-cni", capabilities: { [annotationsCapability]: true }, shunt: own };
}

/** Debian's bridge with addresses of both families, and its portmap. */
export const debianPlugins: readonly object[] = [
	{
		type: "bridge",
		bridge: "pods",
		isGateway: true,
		ipam: {
			type: "host-local",
			ranges: [[{ subnet: "10.89.0.0/24" }], [{ subnet: "fd89::/64" }]],
			routes: [{ dst: "0.0.0.0/0" }],
		},
	},
	{ type: "portmap", capabilities: { portMappings: true } },
];
