import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tools } from "../cri/tools.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The plugin on both runtimes. */
export const pluginPrograms = {
	Node: `#!/bin/sh\nexec ${process.execPath} ${root}dist/main/shunt-cni.js "$@"\n`,
	native: `#!/bin/sh\nexec ${root}dist/native/shunt-cni "$@"\n`,
} as const;

export type PluginRuntime = keyof typeof pluginPrograms;

/** Makes a folder of plugins as a node has one: Debian's, ours under each of these names, and scripts by their names. */
export function makePluginFolder(
	folder: string,
	runtime: PluginRuntime,
	scripts: Readonly<Record<string, string>> = {},
): void {
	if (!existsSync(tools.cniPlugins)) {
		throw new Error(`${tools.cniPlugins} is not there: run scripts/ensure-e2e.sh first`);
	}
	mkdirSync(folder, { recursive: true });
	for (const plugin of readdirSync(tools.cniPlugins)) {
		symlinkSync(`${tools.cniPlugins}/${plugin}`, `${folder}/${plugin}`);
	}
	const own: Readonly<Record<string, string>> = Object.fromEntries(
		["shunt-cni", "linkerd-cni"].map((name) => [name, pluginPrograms[runtime]]),
	);
	for (const [name, text] of Object.entries({ ...own, ...scripts })) {
		writeFileSync(`${folder}/${name}`, text);
		chmodSync(`${folder}/${name}`, 0o755);
	}
}

/**
 * A plugin that makes nothing and prints a result of its own version, whatever the list's is, as plugins do that are
 * older than the list.
 */
export function printingPlugin(result: object): string {
	return `#!/bin/sh
cat >/dev/null
case $CNI_COMMAND in
ADD) echo '${JSON.stringify(result)}' ;;
VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}' ;;
esac
`;
}
