import type { Host } from "../host/host.ts";
import { type ProcessName, processName } from "../status/namespaces.ts";
import type { SocketFacts, SocketOwner } from "../wire/sock-diag.ts";

/** Whose an end of a connection is, as far as can be told. */
export interface Owner {
	readonly uid: number;
	/** Absent where no process that we may look at has it open. */
	readonly process?: ProcessName;
}

/** Finds processes for sockets; see linux/socket-owners.ts. */
export type FindOwners = (inodes: ReadonlySet<number>) => {
	readonly pids: ReadonlyMap<number, number>;
	/** Processes that we may not look at. */
	readonly hidden: number;
};

/** The processes behind sockets, each asked about once. */
export class Owners {
	readonly #host: Host;
	readonly #pids: ReadonlyMap<number, number>;
	/** Processes that may own more than is known. */
	readonly hidden: number;
	readonly #names = new Map<number, ProcessName>();
	readonly #gids = new Map<number, number | undefined>();

	readonly #owners = new Map<string, Owner>();

	constructor(host: Host, find: FindOwners, sockets: readonly Pick<SocketFacts, "owner" | "remotePort">[]) {
		this.#host = host;
		const inodes = new Set<number>();
		for (const { owner, remotePort } of sockets) {
			// Those that only wait for connections are nobody's end.
			if (owner !== undefined && remotePort !== 0) {
				inodes.add(owner.inode);
			}
		}
		const found = find(inodes);
		this.#pids = found.pids;
		this.hidden = found.hidden;
	}

	of(socket: SocketOwner | undefined): Owner | undefined {
		if (socket === undefined) {
			return undefined;
		}
		const pid = this.#pids.get(socket.inode);
		const key = `${socket.uid} ${pid}`;
		const owner = this.#owners.get(key) ?? {
			uid: socket.uid,
			...(pid === undefined ? {} : { process: this.#nameOf(pid) }),
		};
		this.#owners.set(key, owner);
		return owner;
	}

	/** The group in which the process acts now (proc_pid_status(5): real, effective, saved, and that of files). */
	gidOf(socket: SocketOwner | undefined): number | undefined {
		const pid = socket && this.#pids.get(socket.inode);
		if (pid === undefined) {
			return undefined;
		}
		if (!this.#gids.has(pid)) {
			const status = this.#host.readFile(`/proc/${pid}/status`) ?? "";
			const [, gid] = /^Gid:(?:\s+\d+){3}\s+(\d+)$/m.exec(status) ?? [];
			this.#gids.set(pid, gid === undefined ? undefined : Number(gid));
		}
		return this.#gids.get(pid);
	}

	#nameOf(pid: number): ProcessName {
		const known = this.#names.get(pid) ?? processName(this.#host, pid);
		this.#names.set(pid, known);
		return known;
	}
}
