// Bundles the Node programs into dist/, one file per entry point plus shared chunks, so that each command loads
// only what it needs.
import { mkdir, rename, rm } from "node:fs/promises";
import { build } from "esbuild";

/** Output folder and what goes there. The demo is bundled too, since its processes run as users of their own. */
const bundles = {
	"dist/main": ["src/main/shunt.ts", "src/main/proxy-init.ts", "src/main/network-validator.ts"],
	"dist/demo": ["demo/main.ts", "demo/inhabitant.ts"],
};

// Aside first: a build that fails leaves the last good one in place, and one that works takes its place in a moment.
const aside = `dist/.build-${process.pid}`;
try {
	for (const [folder, entryPoints] of Object.entries(bundles)) {
		await build({
			entryPoints,
			outdir: `${aside}/${folder}`,
			bundle: true,
			splitting: true,
			format: "esm",
			platform: "node",
			target: "node20",
			packages: "external",
			sourcemap: true,
			logLevel: "warning",
		});
	}
	for (const folder of Object.keys(bundles)) {
		await mkdir(folder, { recursive: true });
		await rename(folder, `${aside}/old-${folder.replace("/", "-")}`);
		await rename(`${aside}/${folder}`, folder);
	}
} finally {
	await rm(aside, { recursive: true, force: true });
}
