import type { Host } from "../host/host.ts";

/** Whom a process belongs to, as far as can be told without asking anybody and without looking at its secrets. */
export interface ProcessName {
	readonly pid: number;
	/** Up to 15 bytes, as the kernel keeps it. */
	readonly command: string;
	/** The first twelve digits of the id that container runtimes put into the control group's name. */
	readonly container?: string;
	/** The pod's uid, from the kubelet's part of that name. */
	readonly pod?: string;
}

export function processName(host: Host, pid: number): ProcessName {
	const groups = host.readFile(`/proc/${pid}/cgroup`) ?? "";
	const [, container] = /(?:^|[/:-])([\da-f]{64})(?:\.scope)?$/m.exec(groups) ?? [];
	// With the systemd driver, dashes would mean another slice, so the kubelet writes underscores.
	const [, pod] = /pod([\da-f]{8}(?:[-_][\da-f]{4}){3}[-_][\da-f]{12})/.exec(groups) ?? [];
	return {
		pid,
		command: (host.readFile(`/proc/${pid}/comm`) ?? "").trim(),
		...(container === undefined ? {} : { container: container.slice(0, 12) }),
		...(pod === undefined ? {} : { pod: pod.replaceAll("_", "-") }),
	};
}
