import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { type FileTree, file } from "./file-tree.ts";
import { root, type Target } from "./target.ts";

/** What scripts/build.mjs leaves out of the bundles, because it comes with compiled code. */
const external = "koffi";
/** The compiled code: a package for each platform, of which npm installs the right one. */
const externalScope = "@koromix";

/** The packages that are not bundled, without what only people and compilers read. npm knows where they are. */
export function nativePackages({ modules }: Target, home: string): FileTree {
	const listed = execFileSync("npm", ["ls", external, "--parseable"], {
		cwd: modules,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		timeout: 60_000,
	});
	const scope = `${modules.replace(/\/$/, "")}/node_modules/${externalScope}`;
	const folders = [...listed.trim().split("\n"), ...readdirSync(scope).map((name) => `${scope}/${name}`)];
	return new Map(
		folders.flatMap(filesIn).map((path) => [`${home}/${relative(modules, path)}`, file(readFileSync(path))]),
	);
}

/** Packages inside packages are listed on their own. */
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
const leftOut = /^(node_modules|bench|benchmarks|docs?|examples|tests?|musl_.*)$/;
const kept = /\.([cm]?js|json|node)$|^licen[cs]e/i;

/** The licences of the packages that are bundled. */
export function bundledLicences(home: string): FileTree {
	const packages: string[] = JSON.parse(readFileSync(`${root}dist/main/packages.json`, "utf8"));
	return new Map(
		packages.flatMap((folder) =>
			readdirSync(`${root}${folder}`)
				.filter((name) => /^(licen[cs]e|notice)/i.test(name))
				.map((name) => {
					const path = `${folder.replace(/^.*node_modules\//, "")}/${name}`;
					return [`${home}/licences/${path}`, file(readFileSync(`${root}${folder}/${name}`))] as const;
				}),
		),
	);
}
