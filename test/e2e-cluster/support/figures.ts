import { appendFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { metricOf } from "./metrics.ts";

const folder =
	process.env["E2E_RESULTS"] ?? fileURLToPath(new URL("../../../dist/e2e-cluster", import.meta.url));

/** Keeps how much memory a program of ours has, by its own metrics, for the third table. */
export function memory(part: string, metrics: string): void {
	const mebibytes = metricOf(metrics, "process_resident_memory_bytes") / 2 ** 20;
	keep("memory", `${part} ${mebibytes.toFixed(0)}`);
}

/** Keeps a number that a run has come to, for the second table of `table.md`. Nothing is asserted of it there. */
export function figure(what: string, value: number | string): void {
	keep("figures", `${what} ${value}`);
}

function keep(file: string, line: string): void {
	mkdirSync(folder, { recursive: true });
	appendFileSync(`${folder}/${file}`, `${line}\n`);
}
