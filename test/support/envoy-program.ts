import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ensureEnvoy = fileURLToPath(new URL("../../scripts/ensure-envoy.sh", import.meta.url));

/** False where `make test` has found out, and said, that Envoy cannot be had here. */
export const hasEnvoy = process.env["SHUNT_TEST_WITHOUT_ENVOY"] === undefined;

/** Where Envoy is; it is fetched if it is not there yet. */
export function envoyProgram(): string {
	return execFileSync(ensureEnvoy, { encoding: "utf8", timeout: 600_000 }).trim();
}
