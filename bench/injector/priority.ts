import { spawnSync } from "node:child_process";

/** Above everything else on the machine: what is measured is a program, and not how long it waits for a processor. */
const realTime = ["chrt", "--rr", "10"];
const nice = ["nice", "-n", "-15"];

const isPermitted = spawnSync(realTime[0] ?? "", [...realTime.slice(1), "true"]).status === 0;

/** Put before a program, with the processor that it is to have. */
export function on(processor: 0 | 1): readonly string[] {
	return [...(isPermitted ? realTime : nice), "taskset", "-c", `${processor}`];
}

export function priorityWords(): string {
	return isPermitted
		? "All of them have a real-time priority (`chrt --rr 10`), so that they do not wait for others on the machine."
		: "All of them have a niceness of -15, and may have to wait for others on the machine.";
}
