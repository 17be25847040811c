import { readElf } from "./elf.ts";
import { type FileTree, linkTarget, mergedUsr } from "./file-tree.ts";

/** Where the loader looks without being told (ld.so(8)), with Debian's folder for the architecture. */
function libraryFolders(architecture: string): string[] {
	const triplet = architecture === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
	return [`/usr/lib/${triplet}`, "/usr/lib"];
}

/**
 * All that has to be in an image for the files at `roots` to start: themselves, their loader, the libraries that they
 * ask for, what those ask for, and the links that lead there.
 */
export function withLibraries(packages: FileTree, roots: Iterable<string>): FileTree {
	const wanted: FileTree = new Map();
	const waiting = [...roots];
	for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
		const entry = packages.get(path);
		if (entry === undefined) {
			throw new Error(`${path} is in none of the packages`);
		}
		if (!wanted.has(path)) {
			wanted.set(path, entry);
			waiting.push(...needs(packages, path));
		}
	}
	return wanted;
}

function needs(packages: FileTree, path: string): string[] {
	const entry = packages.get(path);
	if (entry?.kind === "link") {
		return [linkTarget(path, entry.target)];
	}
	const elf = entry?.kind === "file" ? readElf(entry.data) : undefined;
	if (elf === undefined) {
		return [];
	}
	const loader = elf.interpreter === undefined ? [] : [mergedUsr(elf.interpreter)];
	return [
		...loader,
		...elf.needed.map((name) => findLibrary(packages, name, { for: path, in: elf.architecture })),
	];
}

function findLibrary(packages: FileTree, name: string, wanted: { for: string; in: string }): string {
	const candidates = libraryFolders(wanted.in).map((folder) => `${folder}/${name}`);
	const found = candidates.find((candidate) => packages.has(candidate));
	if (found === undefined) {
		throw new Error(`${wanted.for} needs ${name}, which is in none of the packages`);
	}
	return found;
}
