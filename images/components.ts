import { readFileSync } from "node:fs";
import type { FileTree } from "./file-tree.ts";
import { root } from "./target.ts";

/** Something of somebody else's that is in an image or a package, as package managers know it. */
export interface Ingredient {
	/** The kind of package URL (https://github.com/package-url/purl-spec). */
	readonly kind: "deb" | "npm" | "cargo" | "generic";
	readonly name: string;
	readonly version: string;
	/** Of Debian: `amd64`, `arm64`, `all`. */
	readonly architecture?: string;
	/** SHA-256 in hexadecimal digits, where the package manager tells it. */
	readonly sha256?: string;
}

/** Packages of npm that scripts/native-bundle.ts lets into native programs. */
export const packagesInNativePrograms: readonly string[] = ["ipaddr.js"];

/** Native programs of ours: what is compiled into them is in no file of the tree. */
const nativePrograms = ["/usr/bin/shunt", "/usr/lib/shunt/cni/shunt-cni"];

/**
 * All that is in an image and not ours, told from its file system alone: Debian's packages, Node, packages of npm whether they
 * are bundled or not, and what native programs are made of: crates, and packages among their bytecode.
 */
export function ingredientsOf(tree: FileTree): Ingredient[] {
	const isNative = nativePrograms.some((path) => tree.get(path)?.kind === "file");
	const hasBundles = tree.has("/usr/lib/shunt/dist/main/shunt.js");
	return [
		...debianPackages(tree),
		...nodeProgram(tree),
		...(hasBundles ? bundledPackages() : []),
		...installedPackages(tree),
		...(isNative ? [...bundledInNative(), ...crates()] : []),
	];
}

function debianPackages(tree: FileTree): Ingredient[] {
	return textsBelow(tree, "/var/lib/dpkg/status.d/").map((control) => {
		const field = (name: string) => needed(new RegExp(`^${name}: (\\S+)$`, "m").exec(control)?.[1], name);
		return {
			kind: "deb",
			name: field("Package"),
			version: field("Version"),
			architecture: field("Architecture"),
		};
	});
}

/** The program cannot be asked where it is for another processor; its own source's address is in it. */
function nodeProgram(tree: FileTree): Ingredient[] {
	const program = tree.get("/usr/bin/node");
	if (program?.kind !== "file") {
		return [];
	}
	const at = program.data.indexOf("/node-v");
	const version = /^\/node-v(\d+\.\d+\.\d+)/.exec(program.data.subarray(at, at + 40).toString("latin1"))?.[1];
	return [{ kind: "generic", name: "node", version: needed(version, "the version of Node") }];
}

/** What scripts/build.mjs put into dist/main. */
export function bundledPackages(): Ingredient[] {
	const folders: string[] = JSON.parse(readFileSync(`${root}dist/main/packages.json`, "utf8"));
	return folders.map((folder) => npmPackage(readFileSync(`${root}${folder}/package.json`, "utf8")));
}

function bundledInNative(): Ingredient[] {
	return packagesInNativePrograms.map((name) =>
		npmPackage(readFileSync(`${root}node_modules/${name}/package.json`, "utf8")),
	);
}

function installedPackages(tree: FileTree): Ingredient[] {
	return [...tree]
		.filter(([path]) => /\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path))
		.flatMap(([, entry]) => (entry.kind === "file" ? [npmPackage(entry.data.toString("utf8"))] : []));
}

/** From the text of its package.json. */
export function npmPackage(manifest: string): Ingredient {
	const { name, version } = JSON.parse(manifest);
	return {
		kind: "npm",
		name: needed(name, "a package's name"),
		version: needed(version, `the version of ${name}`),
	};
}

/** Those that build scripts alone need are among them: the lock file does not tell them apart. */
function crates(): Ingredient[] {
	const lock = readFileSync(`${root}native/Cargo.lock`, "utf8");
	return lock.split("[[package]]").flatMap((section) => {
		const field = (name: string) => new RegExp(`^${name} = "([^"]+)"$`, "m").exec(section)?.[1];
		const [name, version, sha256] = [field("name"), field("version"), field("checksum")];
		// Without a checksum it is ours.
		return name === undefined || version === undefined || sha256 === undefined
			? []
			: [{ kind: "cargo" as const, name, version, sha256 }];
	});
}

function textsBelow(tree: FileTree, folder: string): string[] {
	return [...tree].flatMap(([path, entry]) =>
		path.startsWith(folder) && entry.kind === "file" ? [entry.data.toString("utf8")] : [],
	);
}

function needed(value: string | undefined, what: string): string {
	if (value === undefined || value === "") {
		throw new Error(`${what} is not told`);
	}
	return value;
}
