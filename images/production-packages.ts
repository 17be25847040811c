import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { type FileTree, file } from "./file-tree.ts";
import type { Target } from "./target.ts";

/**
 * The dependencies of production as they are installed, without what only people and compilers read. npm knows which
 * they are; it is asked about what is here, and fetches nothing.
 */
export function productionPackages({ modules }: Target, home: string): FileTree {
	const listed = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
		cwd: modules,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		timeout: 60_000,
	});
	const [, ...folders] = listed.trim().split("\n");
	return new Map(
		folders.flatMap(filesIn).map((path) => [`${home}/${relative(modules, path)}`, file(readFileSync(path))]),
	);
}

/** Packages inside packages are listed by npm on their own. */
function filesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			return leftOut.test(entry.name) ? [] : filesIn(path);
		}
		return entry.isFile() && kept.test(entry.name) ? [path] : [];
	});
}

/** Compiled code comes for both C libraries, and the image has glibc. */
const leftOut = /^(node_modules|bench|benchmarks|docs|examples|tests?|musl_.*)$/;
const kept = /\.([cm]?js|json|node)$|^licen[cs]e/i;
