import { readdirSync, readlinkSync } from "node:fs";

/** Which processes have sockets open, as far as one may look. */
export interface SocketOwners {
	/** By the socket's inode; of several processes the one with the smallest id. */
	readonly pids: ReadonlyMap<number, number>;
	/** Processes whose descriptors we may not see. */
	readonly hidden: number;
}

/**
 * Looks for sockets among the open descriptors of every process that we are shown (proc_pid_fd(5)). Ends early once all are
 * found, since there is one system call for each descriptor.
 */
export function findSocketOwners(wanted: ReadonlySet<number>): SocketOwners {
	const pids = new Map<number, number>();
	let hidden = 0;
	for (const pid of wanted.size === 0 ? [] : processes()) {
		const inodes = socketsOf(pid);
		hidden += inodes === undefined ? 1 : 0;
		for (const inode of inodes?.filter((each) => wanted.has(each) && !pids.has(each)) ?? []) {
			pids.set(inode, pid);
		}
		if (pids.size === wanted.size) {
			return { pids, hidden: 0 };
		}
	}
	return { pids, hidden };
}

function processes(): number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.sort((a, b) => a - b);
}

/**
 * Undefined where we may not look; none of a process that has ended. Of one that has changed its user the list can be seen and
 * what is behind its entries not: that is asked of ptrace(2)'s rules (proc_pid_readlink of fs/proc/base.c).
 */
function socketsOf(pid: number): number[] | undefined {
	const folder = `/proc/${pid}/fd`;
	try {
		return readdirSync(folder).flatMap((name) => inodeBehind(`${folder}/${name}`));
	} catch (thrown) {
		return isRefusal(thrown) ? undefined : [];
	}
}

/** `socket:[12345]` */
function inodeBehind(path: string): number[] {
	try {
		const target = readlinkSync(path);
		return target.startsWith("socket:[") ? [Number.parseInt(target.slice("socket:[".length), 10)] : [];
	} catch (thrown) {
		if (isRefusal(thrown)) {
			throw thrown;
		}
		// It was closed meanwhile.
		return [];
	}
}

function isRefusal(thrown: unknown): boolean {
	return thrown instanceof Error && "code" in thrown && /^(?:EACCES|EPERM)$/.test(`${thrown.code}`);
}
