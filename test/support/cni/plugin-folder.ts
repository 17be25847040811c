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

/** Makes a folder of plugins as a node has one: Debian's or others, ours under each of its names, and scripts by theirs. */
export function makePluginFolder(
	folder: string,
	runtime: PluginRuntime,
	scripts: Readonly<Record<string, string>> = {},
	others: string = tools.cniPlugins,
): void {
	if (!existsSync(others)) {
		throw new Error(`${others} is not there: run scripts/ensure-containerd.sh 2 first`);
	}
	mkdirSync(folder, { recursive: true });
	for (const plugin of readdirSync(others)) {
		symlinkSync(`${others}/${plugin}`, `${folder}/${plugin}`);
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

/**
 * A plugin of the time of 1.0.0: it has not heard of STATUS and GC, and refuses a newer list as libcni's own skeleton does
 * (pkg/skel, checkVersionAndCall).
 */
export function olderPlugin(result: object): string {
	return `#!/bin/sh
input=$(cat)
error() { echo '{"cniVersion":"1.0.0","code":'"$1"',"msg":"'"$2"'"}'; exit 1; }
case $CNI_COMMAND in
ADD | CHECK | DEL)
	case $input in
	*'"cniVersion":"1.1.0"'*) error 1 "incompatible CNI versions" ;;
	esac ;;
esac
case $CNI_COMMAND in
ADD) echo '${JSON.stringify(result)}' ;;
CHECK | DEL) ;;
VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["0.3.0","0.3.1","0.4.0","1.0.0"]}' ;;
*) error 4 "unknown CNI_COMMAND: $CNI_COMMAND" ;;
esac
`;
}
