import { downloadPackages } from "./debian-packages.ts";
import { type FileTree, file, linkTarget, usrLinks } from "./file-tree.ts";
import { type DebianPackage, readPackage } from "./package-files.ts";
import { withLibraries } from "./shared-libraries.ts";

/** What Debian packages hold, all in memory. */
export interface DebianFiles {
	readonly tree: FileTree;
	readonly packages: readonly DebianPackage[];
}

/** The named packages, what they depend on, and the one that says which Debian this is. */
export async function debianFiles(names: readonly string[], architecture: string): Promise<DebianFiles> {
	const archives = downloadPackages([...names, "base-files"], architecture);
	const packages = await Promise.all(archives.map(readPackage));
	return { tree: new Map(packages.flatMap(({ files }) => [...files])), packages };
}

/**
 * An image's own files together with those of Debian's at `roots` and all that either needs to start. With them go
 * each package's licence and the entry from which scanners learn its version, in the folder that distroless images
 * use for it and Trivy, Grype and Syft look into.
 */
export function withDebian(own: FileTree, debian: DebianFiles, roots: readonly string[]): FileTree {
	const all: FileTree = new Map([...debian.tree, ...own]);
	const programs = withLibraries(all, [...roots, ...own.keys()]);
	const used = debian.packages.filter(({ files }) => [...files.keys()].some((path) => programs.has(path)));
	const papers = used.flatMap(({ name }) => licenceOf(debian.tree, name));
	const versions: FileTree = new Map(
		used.map(({ name, control }) => [`/var/lib/dpkg/status.d/${name}`, file(control)]),
	);
	return new Map([
		...usrLinks,
		...withLibraries(all, [...programs.keys(), ...papers, ...system]),
		...versions,
	]);
}

/** What names the distribution, and the licences that Debian's copyright files refer to. */
const system = [
	"/etc/debian_version",
	"/etc/os-release",
	...["GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3"].map((name) => `/usr/share/common-licenses/${name}`),
];

/** Packages made from one source often share a folder of documentation. */
function licenceOf(tree: FileTree, name: string): string[] {
	const folder = `/usr/share/doc/${name}`;
	const entry = tree.get(folder);
	const copyright = `${entry?.kind === "link" ? linkTarget(folder, entry.target) : folder}/copyright`;
	return tree.has(copyright) ? [copyright] : [];
}
