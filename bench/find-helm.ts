import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Helm, installed where that is possible; undefined, with a loud line on standard error, where it is not. */
export function findHelm(): string | undefined {
	const script = fileURLToPath(new URL("../scripts/ensure-helm.sh", import.meta.url));
	const { stdout, status } = spawnSync(script, {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
		timeout: 900_000,
	});
	return status === 0 ? stdout.trim() : undefined;
}
