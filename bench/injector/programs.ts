import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url);
const outdir = fileURLToPath(new URL("dist/bench-injector", root));

/** Bundled as for a release: running the sources through tsx costs time at every call of a closure (keepNames). */
export async function buildPrograms(): Promise<{ readonly injector: string; readonly echo: string }> {
	await build({
		entryPoints: {
			injector: fileURLToPath(new URL("test/injector/support/injector-main.ts", root)),
			echo: fileURLToPath(new URL("bench/injector/echo-server.ts", root)),
		},
		outdir,
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		packages: "external",
		outExtension: { ".js": ".mjs" },
		logLevel: "warning",
	});
	return { injector: `${outdir}/injector.mjs`, echo: `${outdir}/echo.mjs` };
}
