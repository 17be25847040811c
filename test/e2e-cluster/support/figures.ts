import { appendFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../dist/e2e-cluster/", import.meta.url));

/** Keeps a number that a run has come to, for the second table of `table.md`. Nothing is asserted of it there. */
export function figure(what: string, value: number | string): void {
	mkdirSync(folder, { recursive: true });
	appendFileSync(`${folder}figures`, `${what} ${value}\n`);
}
