import { byWay } from "../backend/either-way.ts";
import type { Host } from "../host/host.ts";
import type { PluginConfig } from "./plugin-config.ts";

/** Where nodes keep the dialects' tools, whatever PATH the runtime was started with; the last is NixOS's. */
const usualFolders = [
	...["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin", "/usr/local/bin"],
	"/run/current-system/sw/bin",
] as const;

/**
 * The host with the tools' folders besides PATH. The node's own tools come first, as they are of an age with its kernel;
 * those that the agent installed are for nodes that have none.
 */
export function withToolFolders(host: Host, binDir: string | undefined): Host {
	const folders = [...usualFolders, ...(binDir === undefined ? [] : [binDir])];
	return {
		...host,
		find: (program) =>
			host.find(program) ??
			folders
				.map((folder) => host.find(`${folder}/${program}`))
				.find((path): path is string => path !== undefined),
	};
}

/** What a call makes and reads rules by: those folders, and the way that the entry asks for. */
export function rulesHost(host: Host, config: Pick<PluginConfig, "binDir" | "transport"> | undefined): Host {
	const { binDir, transport = "auto" } = config ?? {};
	return byWay(withToolFolders(host, binDir), transport, `shunt.transport ${transport}`);
}
