import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

/** What has to be known of a machine to judge its numbers, and nothing that names it. */
export function machineFacts(): string {
	const { length } = cpus();
	const kernel = /^[\d.]+/.exec(release())?.[0] ?? release();
	const today = new Date().toISOString().slice(0, 10);
	// Of the last minutes, by others and by what was measured.
	const load = loadavg().map((value) => value.toFixed(0));
	const facts = [
		`${length} cores, load ${load.join(", ")}`,
		`Linux ${kernel}`,
		`Node ${process.version}`,
		...versions(),
		...(goesFirst() ? ["everything that was measured scheduled before all else (chrt -f)"] : []),
	];
	return `Measured on ${today}: ${facts.join(", ")}.`;
}

/** Whether this process, and so what it starts, has a processor before all that is not of its class: SCHED_FIFO. */
function goesFirst(): boolean {
	// proc_pid_stat(5): the name, in parentheses, is the second field, and the scheduling policy the 41st.
	const [, rest = ""] = /^.*\) (.*)$/s.exec(readFileSync("/proc/self/stat", "utf8")) ?? [];
	return rest.split(" ")[38] === "1";
}

function versions(): string[] {
	return [
		["iptables", "--version"],
		["nft", "--version"],
	].flatMap(([program = "", flag = ""]) => {
		const output = execFileSync(program, [flag], { encoding: "utf8", timeout: 10_000 });
		const [version] = /v[\d.]+/.exec(output) ?? [];
		return version === undefined ? [] : [`${program} ${version}`];
	});
}
