import { mkdirSync, readdirSync, readFileSync, rmSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
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
	/** By its path, what a file was last found to say, and how it was then. */
	readonly #found = new Map<string, { readonly verdict: PodVerdict; readonly stats: Stats | undefined }>();

	constructor(runDir: string) {
		this.#runDir = runDir;
	}

	/** True where the file was not so before. Throws what node:fs throws. */
	write(pod: KnownPod, verdict: PodVerdict): boolean {
		const path = podFilePath(this.#runDir, pod);
		if (path === undefined) {
			return false;
		}
		const found = this.#found.get(path);
		if (found?.verdict === verdict && isSameFile(found.stats, statsOf(path))) {
			return false;
		}
		this.#found.delete(path);
		const isNew = this.#put(path, formatPodFile(pod, verdict));
		this.#found.set(path, { verdict, stats: statsOf(path) });
		return isNew;
	}

	remove(pod: Pick<KnownPod, "namespace" | "name">): void {
		const path = podFilePath(this.#runDir, pod);
		if (path !== undefined) {
			this.#found.delete(path);
			rmSync(path, { force: true });
		}
	}

	/** Removes the files of all other pods: those that ended while nobody watched. */
	keep(pods: readonly Pick<KnownPod, "namespace" | "name">[]): void {
		const kept = new Set(pods.map((pod) => podFilePath(this.#runDir, pod)));
		const folder = `${this.#runDir}/pods`;
		for (const path of namesIn(folder).map((name) => `${folder}/${name}`)) {
			if (!kept.has(path)) {
				this.#found.delete(path);
				rmSync(path, { force: true });
			}
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
		replaceFile(path, { data: text, mode: 0o644, isForThisBoot: true });
		return true;
	}
}

function statsOf(path: string): Stats | undefined {
	return statSync(path, { throwIfNoEntry: false });
}

function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
	return (
		one !== undefined &&
		one.ino === other?.ino &&
		one.mtimeMs === other.mtimeMs &&
		one.ctimeMs === other.ctimeMs &&
		one.size === other.size
	);
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
