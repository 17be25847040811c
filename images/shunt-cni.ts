import { file } from "./file-tree.ts";
import type { Image } from "./oci-archive.ts";
import { shunt, shuntConfig } from "./shunt.ts";
import { readProgram, type Target } from "./target.ts";

/** Folders of the node are root's, and so has to be who writes there; it needs no capability. */
export const shuntCniConfig = { ...shuntConfig, User: "0:0" } as const;

/**
 * The node's agent: the Node programs, and beside them the plugin that it installs, which is a native program and so needs
 * nothing of the node.
 */
export async function shuntCni(target: Target, reference: string): Promise<Image> {
	const programs = await shunt(target, reference);
	const plugin = file(readProgram(target.plugin, target), 0o755);
	return {
		...programs,
		layers: [
			...programs.layers,
			{ comment: "the CNI plugin", tree: new Map([["/usr/lib/shunt/cni/shunt-cni", plugin]]) },
		],
		config: shuntCniConfig,
	};
}
