import { expect, it } from "vitest";
import { createMemoryHost } from "../host/memory.ts";
import { processName } from "./namespaces.ts";

const id = "0123456789abcdef".repeat(4);
const pod = "01234567-89ab-cdef-0123-456789abcdef";

function named(cgroup: string | undefined) {
	const host = createMemoryHost();
	host.files.set("/proc/7/comm", "server\n");
	if (cgroup !== undefined) {
		host.files.set("/proc/7/cgroup", cgroup);
	}
	return processName(host, 7);
}

it.each([
	["the cgroupfs driver", `0::/kubepods/burstable/pod${pod}/${id}\n`],
	[
		"the systemd driver",
		`0::/kubepods.slice/kubepods-pod${pod.replaceAll("-", "_")}.slice/cri-containerd-${id}.scope\n`,
	],
	[
		"the first version of control groups",
		`12:pids:/kubepods/besteffort/pod${pod}/${id}\n1:name=systemd:/x\n`,
	],
	["containerd without systemd", `0::/kubepods/pod${pod}/cri-containerd:${id}\n`],
])("a process in a pod is known by it and its container, with %s", (_, cgroup) => {
	expect(named(cgroup)).toEqual({ pid: 7, command: "server", container: id.slice(0, 12), pod });
});

it.each([
	undefined,
	"0::/\n",
	"0::/user.slice/user-0.slice/session-1.scope\n",
	`0::/kubepods/pod${pod.slice(1)}\n`,
])("a process of no container is known by its command alone: %j", (cgroup) => {
	expect(named(cgroup)).toEqual({ pid: 7, command: "server" });
});

it("a process that has gone is a number", () => {
	expect(processName(createMemoryHost(), 7)).toEqual({ pid: 7, command: "" });
});
