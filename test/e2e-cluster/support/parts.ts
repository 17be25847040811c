import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { foreign } from "./cluster.ts";

const script = fileURLToPath(new URL("../../../scripts/cluster/cluster.sh", import.meta.url));

/** Programs of a node that can be ended and begun, where the cluster is our own. */
export type Part = "kube-apiserver" | "kubelet" | "containerd" | "kube-proxy" | "etcd";

/** Nobody ends parts of a cluster that is somebody's. */
export const hasParts = foreign === undefined;

/** Without a word to it, as a machine that runs out of memory does. */
export function killPart(part: Part): void {
	execFileSync(script, ["kill", part, "KILL"], { timeout: 120_000, stdio: "pipe" });
}

export function beginPart(part: Part): void {
	execFileSync(script, ["begin", part], { timeout: 120_000, stdio: "pipe" });
}

/** A container's process, by its id of containerd's. */
export function killContainer(id: string): void {
	const kill = ["ctr", "tasks", "kill", "--signal", "SIGKILL", id];
	execFileSync(script, kill, { timeout: 120_000, stdio: "pipe" });
}
