import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What scripts/build.mjs leaves out of the bundles. */
const external = ["koffi"];

/**
 * Packs what `npm install FILE` makes `shunt` of, into `folder`, and says how the file is called. The bundles hold all
 * packages but one, so that one is all that the package asks for: nobody installs 60 MB of a client of which 3 are used.
 */
export function packPackage(folder: string): string {
	const manifest = JSON.parse(readFileSync("package.json", "utf8"));
	const { scripts: _, devDependencies: __, dependencies, ...rest } = manifest;
	const asked = Object.fromEntries(external.map((name) => [name, dependencies[name]]));
	const stage = mkdtempSync(join(tmpdir(), "shunt-package-"));
	try {
		for (const path of rest.files) {
			cpSync(path, join(stage, path), { recursive: true });
		}
		copyLicences(join(stage, "licences"));
		const files = [...rest.files, "licences"];
		writeFileSync(
			join(stage, "package.json"),
			`${JSON.stringify({ ...rest, files, dependencies: asked }, null, "\t")}\n`,
		);
		mkdirSync(folder, { recursive: true });
		const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder, stage], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
			timeout: 300_000,
		});
		const told = JSON.parse(packed);
		// An array up to npm 11, and an object by name from then on.
		const [{ filename }] = Array.isArray(told) ? told : Object.values<{ filename: string }>(told);
		return filename;
	} finally {
		rmSync(stage, { recursive: true, force: true });
	}
}

/** Of what is bundled. */
function copyLicences(folder: string): void {
	const packages: string[] = JSON.parse(readFileSync("dist/main/packages.json", "utf8"));
	for (const path of packages) {
		const name = path.replace(/^.*node_modules\//, "");
		for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license", "NOTICE"]) {
			if (existsSync(join(path, file))) {
				mkdirSync(join(folder, name), { recursive: true });
				cpSync(join(path, file), join(folder, name, file));
			}
		}
	}
}
