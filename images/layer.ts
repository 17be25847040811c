import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";
import { type FileTree, inOrder, type TreeEntry } from "./file-tree.ts";

/**
 * A tree as a tar archive: the same tree and time give the same bytes. Written in memory, because on a disk it would
 * take root to own the files and to give them capabilities.
 */
export async function packLayer(tree: FileTree, time: Date): Promise<Buffer> {
	const tar = pack();
	const whole = buffer(tar);
	for (const [path, entry] of inOrder(tree)) {
		tar.entry({ ...headerOf(path, entry), mtime: time }, entry.kind === "file" ? entry.data : "");
	}
	tar.finalize();
	return whole;
}

function headerOf(path: string, entry: TreeEntry): Partial<Header> & { name: string } {
	const common = { name: path.slice(1), uid: 0, gid: 0 };
	switch (entry.kind) {
		case "directory":
			return { ...common, name: `${common.name}/`, type: "directory", mode: entry.mode };
		case "link":
			return { ...common, type: "symlink", linkname: entry.target, mode: 0o777 };
		case "file": {
			const header = { ...common, type: "file", mode: entry.mode, size: entry.data.length } as const;
			return entry.capability === undefined ? header : { ...header, pax: capabilityRecord(entry.capability) };
		}
	}
}

/** As every runtime reads it: the record that star invented for extended attributes, in PAX headers. */
function capabilityRecord(capability: Buffer): Record<string, string> {
	const text = capability.toString("latin1");
	// A PAX value is UTF-8; one byte stays one byte only below 0x80.
	if (/[^\0-\x7f]/.test(text)) {
		throw new Error("a file capability that tar-stream cannot write");
	}
	return { "SCHILY.xattr.security.capability": text };
}
