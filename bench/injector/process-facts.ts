import { readFileSync } from "node:fs";

/** What Linux knows of a process: proc_pid_stat(5), proc_pid_status(5). */
export function processFacts(pid: number): {
	readonly cpuSeconds: number;
	readonly residentMegabytes: number;
} {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return {
		// Clock ticks, of which Linux shows 100 to the second.
		cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
		residentMegabytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024,
	};
}
