import type { Host } from "../../host/host.ts";

/**
 * Who holds the xtables lock, as far as the kernel tells: /proc/locks names each lock's process and file (proc(5)), but
 * none of a process that we do not see.
 */
export function lockHolder(host: Host): string {
	const inode = host
		.fileIdentity(host.env("XTABLES_LOCKFILE") ?? "/run/xtables.lock")
		?.split(":")
		.at(-1);
	const lock = (host.readFile("/proc/locks") ?? "")
		.split("\n")
		.find((line) => line.includes(" FLOCK ") && line.includes(`:${inode} `) && !line.includes(" -> "));
	const [, pid] = /(?:READ|WRITE)\s+(\d+)\s/.exec(lock ?? "") ?? [];
	const name = host.readFile(`/proc/${pid}/comm`)?.trim();
	if (inode === undefined || pid === undefined || pid === "0") {
		return "another program";
	}
	return name === undefined ? `process ${pid}` : `process ${pid} (${name})`;
}
