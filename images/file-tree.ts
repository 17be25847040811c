import { posix } from "node:path";

/** What one path of an image holds. Everything belongs to root: nothing in an image is for a container to change. */
export type TreeEntry =
	| {
			readonly kind: "file";
			readonly data: Buffer;
			readonly mode: number;
			/** Value of the extended attribute `security.capability`. */
			readonly capability?: Buffer;
	  }
	| { readonly kind: "link"; readonly target: string }
	| { readonly kind: "directory"; readonly mode: number };

/** An image's file system, by absolute path. Parents need no entry of their own. */
export type FileTree = Map<string, TreeEntry>;

export function file(data: string | Buffer, mode = 0o644, capability?: Buffer): TreeEntry {
	return { kind: "file", data: Buffer.from(data), mode, ...(capability === undefined ? {} : { capability }) };
}

export function link(target: string): TreeEntry {
	return { kind: "link", target };
}

/** Folders that are links into /usr, in every image as on every merged-/usr system (file-hierarchy(7)). */
export const usrLinks: FileTree = new Map(
	["bin", "lib", "lib64", "sbin"].map((name) => [`/${name}`, link(`usr/${name}`)]),
);

/** Where a path is on a merged-/usr system. Debian's packages still name some files by their older places. */
export function mergedUsr(path: string): string {
	return path.replace(/^\/(bin|lib|lib64|sbin)\//, "/usr/$1/");
}

/** Where a link at `path` leads, one step on. */
export function linkTarget(path: string, target: string): string {
	return mergedUsr(posix.resolve(posix.dirname(path), target));
}

/** Every entry, and a directory for every parent that has none, parents first and otherwise in the order of names. */
export function inOrder(tree: FileTree): [string, TreeEntry][] {
	const all: FileTree = new Map(tree);
	for (const path of tree.keys()) {
		for (let parent = posix.dirname(path); parent !== "/"; parent = posix.dirname(parent)) {
			if (!all.has(parent)) {
				all.set(parent, { kind: "directory", mode: 0o755 });
			}
		}
	}
	return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}
