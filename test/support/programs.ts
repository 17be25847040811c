import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The program under test: the native one where SHUNT_PROGRAM names it, else the bundle in dist/. */
export const shuntProgram = process.env["SHUNT_PROGRAM"] ?? `${root}bin/shunt`;

/** `shunt ARGS…`, to its end. */
export function runShunt(args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}) {
	if (!existsSync(shuntProgram)) {
		throw new Error(`${shuntProgram} is not there: run "make build" first`);
	}
	return spawnSync(shuntProgram, args, { encoding: "utf8", timeout: 60_000, ...options });
}
