// Bundles the Node programs into dist/, one file per entry point plus shared chunks, so that each command loads
// only what it needs.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

await rm("dist/main", { recursive: true, force: true });
await build({
	entryPoints: ["src/main/shunt.ts", "src/main/proxy-init.ts"],
	outdir: "dist/main",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node20",
	packages: "external",
	sourcemap: true,
	logLevel: "warning",
});
