import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { annotationsCapability } from "../../../src/cni/network-request.ts";
import { podNetwork } from "./containerd-config.ts";
import { eventually } from "./eventually.ts";
import type { Machine } from "./machine.ts";
import type { Pod } from "./pod.ts";

/** A list of Debian's bridge and portmap with our entry behind, as the agent appends it. */
export function listWithPlugin(own: object, cniVersion = "1.0.0"): string {
	const portmap = { type: "portmap", capabilities: { portMappings: true } };
	const entry = { type: "shunt-cni", capabilities: { [annotationsCapability]: true }, shunt: own };
	return podNetwork.config("pods", [portmap, entry], cniVersion);
}

/**
 * Writes the machine's list of plugins anew. containerd reads it when it changes, a little later, and has no network at all
 * for as long as it reads half of one.
 */
export async function useList({ cniLists, cri }: Machine, list: string): Promise<void> {
	writeFileSync(join(cniLists, "pods.conflist.new"), list);
	renameSync(join(cniLists, "pods.conflist.new"), join(cniLists, "pods.conflist"));
	await eventually("the new list", async () => {
		const { info } = await cri.call("Status", { verbose: true });
		const { Networks = [] } = JSON.parse(info["cniconfig"] ?? "{}");
		const loaded = Networks.map(({ Config }: { Config: { Source: string } }) => Config.Source);
		return loaded.includes(list) ? true : undefined;
	});
}

/** What commands say in a pod's network namespace, by way of the process that keeps it. Throws when one fails. */
export async function inPodNetwork(machine: Machine, { addresses }: Pod, commands: string): Promise<string> {
	const holder = await eventually(`a process that has ${addresses.ipv4}`, () =>
		readdirSync("/proc").find(
			(pid) =>
				isOf(machine, pid) && readIfThere(`/proc/${pid}/net/fib_trie`).includes(`-- ${addresses.ipv4}\n`),
		),
	);
	return machine.netns.run("nsenter", [`--net=/proc/${holder}/ns/net`, "sh", "-ec", commands]);
}

/** What it holds of every dialect. */
export function rulesIn(machine: Machine, pod: Pod): Promise<string> {
	return inPodNetwork(machine, pod, "cat /proc/net/ip_tables_names; nft list ruleset");
}

/** Of the processes that keep sandboxes; other tests' machines may have the same addresses. */
function isOf({ cgroup }: Machine, pid: string): boolean {
	return (
		readIfThere(`/proc/${pid}/comm`) === "catatonit\n" && readIfThere(`/proc/${pid}/cgroup`).includes(cgroup)
	);
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
