import {
	type Dirent,
	lstatSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	statSync,
	unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { decodeText, NotTextError } from "../host/node-text.ts";
import type { FoundFile } from "./configuration-file.ts";
import { isConfigurationName } from "./loaded-configuration.ts";
import type { Step } from "./plan-folder.ts";
import { replaceFile, syncFolder } from "./replace-file.ts";

/** containerd takes none larger (MaxFileSize in go-cni's opts.go). */
const largest = 2 * 1024 * 1024;

/** Somebody has changed a file between our look at it and our change of it. */
export class ChangedMeanwhile extends Error {
	override readonly name = "ChangedMeanwhile";
}

/**
 * The files of a folder that a runtime may load, and those that we keep for later. None where there is no folder. Throws
 * what node:fs throws where the folder itself cannot be read.
 */
export function readFolder(folder: string): readonly FoundFile[] {
	let entries: Dirent[];
	try {
		entries = readdirSync(folder, { withFileTypes: true });
	} catch (error) {
		if (codeOf(error) === "ENOENT") {
			return [];
		}
		throw error;
	}
	return entries
		.filter((entry) => !entry.isDirectory())
		.filter(({ name }) => isConfigurationName(name) || name.endsWith(".shunt-saved"))
		.flatMap(({ name }) => readFound(folder, name));
}

function readFound(folder: string, name: string): FoundFile[] {
	const path = join(folder, name);
	try {
		const stat = statSync(path);
		// A pipe would keep whoever opens it waiting.
		if (!stat.isFile()) {
			return [{ name, unreadable: "it is no file" }];
		}
		return stat.size > largest
			? [{ name, unreadable: "it is larger than 2 MiB" }]
			: [{ name, text: decodeText(readFileSync(path)) }];
	} catch (error) {
		if (error instanceof NotTextError) {
			return [{ name, unreadable: "it is not UTF-8" }];
		}
		// A file that went away between the two looks is not there; a link that leads nowhere is, and cannot be read.
		return codeOf(error) === "ENOENT" && !isThere(path)
			? []
			: [{ name, unreadable: `it cannot be read (${codeOf(error)})` }];
	}
}

/** Carries one step out. Throws {@link ChangedMeanwhile}, and what node:fs throws. */
export function carryOut(folder: string, step: Step, seen: readonly FoundFile[]): void {
	const path = join(folder, step.name);
	const isAsSeen = () => expectUnchanged(folder, step.name, seen);
	switch (step.do) {
		case "write": {
			const { mode, uid, gid } = statSync(join(folder, step.like));
			// What a link leads to is replaced, and the link stays.
			const target = isThere(path) ? realpathSync(path) : path;
			replaceFile(target, { data: step.text, mode, owner: { uid, gid }, beforehand: isAsSeen });
			break;
		}
		case "rename":
			isAsSeen();
			renameSync(path, join(folder, step.to));
			syncFolder(folder);
			break;
		case "remove":
			isAsSeen();
			unlinkSync(path);
			syncFolder(folder);
			break;
	}
}

function expectUnchanged(folder: string, name: string, seen: readonly FoundFile[]): void {
	const before = seen.find((file) => file.name === name);
	const [now] = isThere(join(folder, name)) ? readFound(folder, name) : [];
	if (textOf(before) !== textOf(now)) {
		throw new ChangedMeanwhile(`${name} was changed by somebody else`);
	}
}

function textOf(file: FoundFile | undefined): string | undefined {
	return file !== undefined && "text" in file ? file.text : undefined;
}

function isThere(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

export function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
