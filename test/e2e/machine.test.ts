import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { initContainer } from "../support/cri/containers.ts";
import type { Machine } from "../support/cri/machine.ts";
import { startPod } from "../support/cri/pod.ts";
import { startShuntMachine } from "../support/cri/shunt-machine.ts";

it("a machine of a test's own leaves nothing behind, not even what a failed test forgot", async () => {
	const machine = await startShuntMachine("shunt-init");
	const pod = await startPod(machine, "forgotten");
	await pod.start(initContainer(["--help"]));
	const during = traces(machine);
	await machine.remove();
	expect(during.map(({ length }) => length > 0)).toEqual([true, true, true, true]);
	expect(traces(machine).flat()).toEqual([]);
});

/** The folder, the namespace, control groups and processes that are the machine's. */
function traces({ folder, cgroup, netns }: Machine): string[][] {
	return [
		[folder].filter((path) => existsSync(path)),
		[netns.path].filter((path) => existsSync(path)),
		execFileSync("find", ["/sys/fs/cgroup", "-name", cgroup.slice(1)], { encoding: "utf8" })
			.split("\n")
			.filter(Boolean),
		readdirSync("/proc")
			.filter((name) => /^\d+$/.test(name))
			.filter(
				(pid) =>
					read(`/proc/${pid}/cmdline`).includes(folder) || read(`/proc/${pid}/cgroup`).includes(cgroup),
			),
	];
}

/** Empty for a process that has just ended. */
function read(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
