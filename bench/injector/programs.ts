import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url);

/** `shunt injector` as it is built; running the sources through tsx costs time at every call of a closure (keepNames). */
export function injectorProgram(): readonly string[] {
	const program = fileURLToPath(new URL("dist/main/shunt.js", root));
	if (!existsSync(program)) {
		throw new Error(`${program} is not there: run "make build" first`);
	}
	return [program, "injector"];
}

export async function buildEchoServer(folder: string): Promise<string> {
	const outfile = `${folder}/echo.mjs`;
	await build({
		entryPoints: [fileURLToPath(new URL("echo-server.ts", import.meta.url))],
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20",
		logLevel: "warning",
	});
	return outfile;
}
