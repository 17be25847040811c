import { type Dialect, dialects } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { isKubernetesName } from "./plugin-config.ts";
import { parseObject } from "./pod-file.ts";

/**
 * What the agent found out about its node, once after each boot, so that no ADD has to:
 *
 *     {"version":1,"mode":"nft","namespaces":["shop"]}
 *
 * `mode` is the dialect that mode auto comes to here. `namespaces` are those in which a pod may be meshed: pods of others
 * never wait for the agent's word. Without a record nobody waits, since nobody would answer.
 */
export interface NodeRecord {
	readonly mode: Dialect | undefined;
	readonly namespaces: readonly string[];
}

export const nodeRecordVersion = 1;

export function nodeRecordPath(runDir: string): string {
	return `${runDir}/node.json`;
}

export function formatNodeRecord({ mode, namespaces }: NodeRecord): string {
	const said = { version: nodeRecordVersion, ...(mode === undefined ? {} : { mode }), namespaces };
	return `${JSON.stringify(said)}\n`;
}

/** A record of a later version, or half of one, tells nothing: mode auto then finds out by itself. */
export function readNodeRecord(host: Host, runDir: string): NodeRecord {
	const record = parseObject(host.readFile(nodeRecordPath(runDir)) ?? "");
	if (record?.["version"] !== nodeRecordVersion) {
		return { mode: undefined, namespaces: [] };
	}
	const { mode, namespaces } = record;
	return {
		mode: dialects.find((dialect) => dialect === mode),
		namespaces: Array.isArray(namespaces)
			? namespaces.filter((name): name is string => typeof name === "string" && isKubernetesName(name))
			: [],
	};
}
