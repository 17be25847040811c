import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type ExtractEvents, extract } from "tar-stream";
import { type FileTree, file, link, mergedUsr, type TreeEntry } from "./file-tree.ts";

export interface DebianPackage {
	readonly name: string;
	/** Its paragraph of dpkg's status file. */
	readonly control: string;
	readonly files: FileTree;
}

export async function readPackage(archive: string): Promise<DebianPackage> {
	const control = dpkgDeb("--field", archive).toString("utf8");
	const name = /^Package: (\S+)$/m.exec(control)?.[1];
	if (name === undefined) {
		throw new Error(`${archive} has no name`);
	}
	return { name, control, files: await readTar(dpkgDeb("--fsys-tarfile", archive)) };
}

/** dpkg-deb knows every compression that Debian ever used. */
function dpkgDeb(action: string, archive: string): Buffer {
	return execFileSync("dpkg-deb", [action, archive], { maxBuffer: 1024 ** 3, timeout: 60_000 });
}

async function readTar(bytes: Buffer): Promise<FileTree> {
	const tree: FileTree = new Map();
	for await (const tarEntry of Readable.from([bytes]).pipe(extract())) {
		const entry = await readEntry(tarEntry);
		if (entry !== undefined) {
			tree.set(mergedUsr(tarEntry.header.name.replace(/^\./, "")), entry);
		}
	}
	return tree;
}

async function readEntry(tarEntry: ExtractEvents["entry"][1]): Promise<TreeEntry | undefined> {
	const { type, linkname, mode } = tarEntry.header;
	// Whatever it is, it has to be read for the next one to come.
	const data = await buffer(tarEntry);
	switch (type) {
		case "file":
			return file(data, mode);
		case "symlink":
			return link(linkname ?? "");
		default:
			return undefined;
	}
}
