/**
 * What a kubelet has a runtime hide from a container, or make read-only, unless a pod asks otherwise
 * (`procMount: Default` in the pod security context).
 */
export const maskedPaths = [
	"/proc/asound",
	"/proc/acpi",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/sys/firmware",
];

export const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** A pod's containers share network and IPC, and each sees its own processes. */
export const podNamespaces = { network: "POD", pid: "CONTAINER", ipc: "POD" } as const;

/** Of a pod without requests or limits (BestEffort). */
export const bestEffort = { oom_score_adj: 1000 };

/** What a kubelet takes of a failed container's log for its termination message, with FallbackToLogsOnError. */
export const terminationMessageLimits = { lines: 80, bytes: 2048 };
