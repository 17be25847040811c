import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Where scripts/reference.sh puts it. */
const installed = fileURLToPath(new URL("../../dist/reference/proxy-init", import.meta.url));

/** The reference program: what `$PROXY_INIT` names, what scripts/reference.sh installed, or `proxy-init` on PATH. */
export function findReference(env: NodeJS.ProcessEnv): string | undefined {
	const onPath = (env["PATH"] ?? "").split(":").map((folder) => `${folder}/proxy-init`);
	return [env["PROXY_INIT"] ?? "", installed, ...onPath].find(isReference);
}

/** We can be installed under that name too. */
function isReference(path: string): boolean {
	if (!path.startsWith("/")) {
		return false;
	}
	const { stdout } = spawnSync(path, ["--help"], { encoding: "utf8", timeout: 10_000 });
	return stdout?.includes("Linkerd service mesh") === true;
}
