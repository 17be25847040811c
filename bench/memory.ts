import { spawnSync } from "node:child_process";
import { contendersFor, type Dialect, dialects } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Command } from "./meter.ts";
import { findProgram } from "./programs.ts";
import { summarize } from "./statistics.ts";

const runs = 5;

/**
 * GNU time, because it is small: a child's peak begins with that of the process which started it (exec_mmap in
 * fs/exec.c), so that nothing under 8 MB could be seen from Python.
 */
export function benchMemory(folder: string): string {
	const rows = dialects.flatMap((dialect) => rowsFor(dialect, folder));
	return [
		"## Memory",
		`The most that any one process of a run held at a time (maximum resident set), both families, median of ${runs} runs.`,
		formatTable(["", "MB"], rows),
	].join("\n\n");
}

function rowsFor(dialect: Dialect, folder: string): string[][] {
	return contendersFor(dialect, folder).map(({ title, steps }) => {
		process.stderr.write(`memory, ${dialect}: ${title}\n`);
		const peaks = Array.from({ length: runs }, () => peakOf(steps.flat()));
		return [`${dialect}: ${title}`, formatNumber(summarize(peaks).median)];
	});
}

/** One after the other in a namespace that `unshare` makes. In megabytes of a million bytes. */
export function peakOf(commands: readonly Command[]): number {
	const script = commands.map(({ argv, stdin = "/dev/null" }) => `${quote(timed(argv))} <${quote([stdin])}`);
	const { stderr, status } = spawnSync("unshare", ["--net", "sh", "-ec", script.join("\n")], {
		encoding: "utf8",
		timeout: 60_000,
	});
	const kilobytes = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, number]) => Number(number));
	if (status !== 0 || kilobytes.length !== commands.length) {
		throw new Error(`memory could not be measured: ${stderr}`);
	}
	return (Math.max(...kilobytes) * 1024) / 1e6;
}

function timed(argv: readonly string[]): string[] {
	return [findProgram("time"), "-f", "peak %M", ...argv];
}

function quote(words: readonly string[]): string {
	return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
