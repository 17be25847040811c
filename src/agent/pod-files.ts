import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { formatNodeRecord, nodeRecordPath } from "../cni/node-record.ts";
import { formatPodFile, type KnownPod, type PodVerdict, podFilePath } from "../cni/pod-file.ts";
import type { Dialect } from "../domain/mode.ts";
import { codeOf } from "./configuration-folder.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * What the plugin reads of pods where the runtime tells it too little. All of it is on a tmpfs and gone when the node
 * restarts, as the pods are.
 */
export class PodFiles {
	/** What mode auto comes to on the node, where somebody has found out; stands in what is written from then on. */
	mode: Dialect | undefined;
	readonly #runDir: string;

	constructor(runDir: string) {
		this.#runDir = runDir;
	}

	/** True where the file was not so before. Throws what node:fs throws. */
	write(pod: KnownPod, verdict: PodVerdict): boolean {
		const path = podFilePath(this.#runDir, pod);
		return path !== undefined && this.#put(path, formatPodFile(pod, verdict));
	}

	remove(pod: Pick<KnownPod, "namespace" | "name">): void {
		const path = podFilePath(this.#runDir, pod);
		if (path !== undefined) {
			rmSync(path, { force: true });
		}
	}

	/** Removes the files of all other pods: those that ended while nobody watched. */
	keep(pods: readonly Pick<KnownPod, "namespace" | "name">[]): void {
		const kept = new Set(pods.flatMap((pod) => basename(podFilePath(this.#runDir, pod) ?? "")));
		const folder = join(this.#runDir, "pods");
		for (const name of namesIn(folder).filter((one) => !kept.has(one))) {
			rmSync(join(folder, name), { force: true });
		}
	}

	/** In which namespaces a pod may be meshed, and so has to wait for its file. Throws what node:fs throws. */
	writeNamespaces(namespaces: readonly string[]): boolean {
		const record = formatNodeRecord({ mode: this.mode, namespaces: [...namespaces].sort() });
		return this.#put(nodeRecordPath(this.#runDir), record);
	}

	/** To be done when nobody writes files about pods any more: then nobody is to wait for one. */
	forget(): void {
		if (this.mode === undefined) {
			rmSync(nodeRecordPath(this.#runDir), { force: true });
		} else {
			this.writeNamespaces([]);
		}
	}

	#put(path: string, text: string): boolean {
		if (readIfThere(path) === text) {
			return false;
		}
		mkdirSync(join(this.#runDir, "pods"), { recursive: true, mode: 0o755 });
		replaceFile(path, { data: text, mode: 0o644 });
		return true;
	}
}

function readIfThere(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (codeOf(error) === "ENOENT") {
			return undefined;
		}
		throw error;
	}
}

function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (codeOf(error) === "ENOENT") {
			return [];
		}
		throw error;
	}
}
