import { spawn } from "node:child_process";
import { errorCodes } from "../../cni/cni-error.ts";
import { annotationsCapability } from "../../cni/network-request.ts";
import type { PluginEntry } from "../plugin-entry.ts";
import type { MeshedPod } from "./meshed-pod.ts";

/** What the plugin answered. */
export type CallOutcome =
	| { readonly kind: "done" }
	/** CHECK: the rules are not what they should be, in words. */
	| { readonly kind: "drift"; readonly why: string }
	| { readonly kind: "failed"; readonly why: string };

/** Longer than anything that is not stuck. */
const longestMs = 30_000;

/**
 * Calls the plugin about a pod as its runtime would, in a process of its own: what the agent finds and mends is by the very
 * code that a pod starts with.
 */
export class PluginCaller {
	readonly #program: string;
	readonly #entry: () => PluginEntry;

	constructor(program: string, entry: () => PluginEntry) {
		this.#program = program;
		this.#entry = entry;
	}

	call(command: "ADD" | "CHECK", pod: MeshedPod, netns: string): Promise<CallOutcome> {
		const child = spawn(this.#program, [], {
			stdio: ["pipe", "pipe", "pipe"],
			timeout: longestMs,
			killSignal: "SIGKILL",
			env: {
				PATH: process.env["PATH"],
				CNI_COMMAND: command,
				CNI_CONTAINERID: pod.uid,
				CNI_NETNS: netns,
				CNI_IFNAME: "eth0",
				CNI_PATH: "/opt/cni/bin",
				CNI_ARGS: `K8S_POD_NAMESPACE=${pod.namespace};K8S_POD_NAME=${pod.name};K8S_POD_UID=${pod.kubeletUid}`,
			},
		});
		return new Promise((resolve) => {
			let stdout = "";
			let stderr = "";
			child.stdout.setEncoding("utf8").on("data", (text: string) => {
				stdout += text;
			});
			child.stderr.setEncoding("utf8").on("data", (text: string) => {
				stderr += text;
			});
			// One that has ended takes no more of its input.
			child.stdin.on("error", () => undefined);
			child.on("error", (error) =>
				resolve({ kind: "failed", why: `the plugin does not start: ${error.message}` }),
			);
			child.on("close", (status, signal) =>
				resolve(
					status === 0 ? { kind: "done" } : outcomeOf(stdout, stderr, `it ended with ${status ?? signal}`),
				),
			);
			child.stdin.end(inputOf(command === "CHECK" ? withoutMode(this.#entry()) : this.#entry(), pod));
		});
	}
}

function inputOf(entry: PluginEntry, { annotations }: MeshedPod): string {
	return JSON.stringify({
		...{ cniVersion: "1.0.0", name: "shunt-repair" },
		...entry,
		runtimeConfig: { [annotationsCapability]: annotations },
	});
}

/**
 * Rules in another dialect than the one that is configured by now are no drift: they do their work until the pod ends. The
 * agent's own files would say which dialect to look at.
 */
function withoutMode({ shunt, ...rest }: PluginEntry): PluginEntry {
	const block = typeof shunt === "object" && shunt !== null ? shunt : {};
	return { ...rest, shunt: { ...block, mode: "auto", runDir: "/dev/null" } };
}

/** Its error result, else the last that it said. */
function outcomeOf(stdout: string, stderr: string, end: string): CallOutcome {
	try {
		const { code, msg, details } = JSON.parse(stdout);
		const why = details === undefined ? `${msg}` : `${msg}; ${details}`;
		return { kind: code === errorCodes.drift ? "drift" : "failed", why };
	} catch {
		return {
			kind: "failed",
			why: `the plugin gave no answer (${end}): ${stderr.trim().split("\n").at(-1) ?? ""}`,
		};
	}
}
