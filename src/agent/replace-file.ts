import {
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fsyncSync,
	openSync,
	readdirSync,
	renameSync,
	rmSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Replacement {
	readonly data: string | Buffer;
	readonly mode: number;
	/** Who owns it; whoever we are when absent. */
	readonly owner?: { readonly uid: number; readonly gid: number };
	/** Whether it is gone after a boot in any case, so that no power cut has to be outlasted. */
	readonly isForThisBoot?: boolean;
	/** Called when all is written and nothing has happened yet; what it throws leaves the file as it is. */
	readonly beforehand?: () => void;
}

/**
 * Puts a file in place whole or not at all: under a name that no runtime loads, onto the disk, and only then under its
 * own (rename(2) replaces atomically, and a program that runs keeps the file that it was started from). Throws what
 * node:fs throws, with the file as it was.
 */
export function replaceFile(path: string, replacement: Replacement): void {
	const { data, mode, owner, isForThisBoot = false, beforehand } = replacement;
	const folder = dirname(path);
	const temporary = join(folder, `.${basename(path)}.shunt-tmp-${process.pid}`);
	const { O_CREAT, O_TRUNC, O_WRONLY, O_NOFOLLOW } = constants;
	const descriptor = openSync(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW, 0o600);
	try {
		try {
			writeFileSync(descriptor, data);
			if (owner !== undefined) {
				fchownSync(descriptor, owner.uid, owner.gid);
			}
			// After the owner, a change of which may take bits of the mode away.
			fchmodSync(descriptor, mode & 0o7777);
			if (!isForThisBoot) {
				fsyncSync(descriptor);
			}
		} finally {
			closeSync(descriptor);
		}
		beforehand?.();
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw error;
	}
	if (!isForThisBoot) {
		syncFolder(folder);
	}
}

/** So that a rename in it outlasts a power cut. */
export function syncFolder(folder: string): void {
	const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

/** What a program that was killed in {@link replaceFile} has left. Only for who knows that nobody else is at it. */
export function removeLeftovers(folder: string): readonly string[] {
	const left = readdirSync(folder).filter((name) => /^\..+\.shunt-tmp-\d+$/.test(name));
	for (const name of left) {
		unlinkSync(join(folder, name));
	}
	return left;
}
