import { readFileSync } from "node:fs";
import type { Fingerprint } from "../../backend/fingerprint.ts";
import type { Libc } from "../../linux/libc.ts";
import { OpenNetlink } from "../../linux/netlink-socket.ts";
import { pollSockets } from "../../linux/tcp-socket.ts";
import { inodeOf } from "./pod-namespaces.ts";
import { TableWatch } from "./table-watch.ts";

/** NFNLGRP_NFTABLES (linux/netfilter/nfnetlink.h): each change, and at its end a new generation (nf_tables_gen_notify). */
const changesOfNfTables = 7;

/** What is kept open in a namespace. */
interface Watch {
	/** Hears of each change of nf_tables, and has heard of none. */
	readonly listener: OpenNetlink;
	/** Absent where there are no tables of x_tables. */
	readonly tables: TableWatch | undefined;
	/** The namespace's, in which it is. */
	readonly inode: number | undefined;
}

/**
 * Sockets inside network namespaces by which one learns from outside that somebody has changed rules there: the kernel tells of
 * changes of nf_tables, and of tables of x_tables it can be asked. A watch ends with the first change; whoever wants to know
 * what has changed looks, and begins anew before that. Where a namespace takes no watch there is none, and nothing else is different.
 *
 * A socket keeps its namespace alive, with all that is in it. So it goes with the file to which the runtime bound the namespace:
 * {@link refresh} is to be called at every look and whenever the folder has changed, and {@link close} where no look will follow.
 */
export class NamespaceWatches {
	readonly #libc: () => Libc;
	readonly #mostFiles: number;
	readonly #watches = new Map<string, Watch>();
	#files = 0;

	/** `mostFiles`: how many they may hold open. */
	constructor(libc: () => Libc, mostFiles = shareOfOpenFiles()) {
		this.#libc = libc;
		this.#mostFiles = mostFiles;
	}

	/** Ends those that have heard something, and those whose namespace is no longer what its path names. */
	refresh(): void {
		if (this.#watches.size === 0) {
			return;
		}
		const descriptors = [...this.#watches.values()].map(({ listener }) => listener.descriptor);
		const heard = pollSockets(this.#libc(), descriptors, [], 0);
		for (const [path, { listener, inode }] of this.#watches) {
			if (heard === undefined || heard.has(listener.descriptor) || inodeOf(path) !== inode) {
				this.drop(path);
			}
		}
	}

	/**
	 * Whether there is a watch that has seen nothing since its beginning, as of the last {@link refresh}. To be asked once at a look: what
	 * of tables is looked at goes by turns.
	 */
	isQuiet(path: string): boolean {
		const watch = this.#watches.get(path);
		return watch !== undefined && watch.tables?.isSame() !== false;
	}

	/**
	 * Begins one in the namespace of the path, in which the caller is and finds out after this that everything is as in `good`. Does
	 * nothing where there is one.
	 */
	begin(path: string, good: Fingerprint): void {
		const files = good.tables.length > 0 ? 2 : 1;
		if (this.#watches.has(path) || this.#files + files > this.#mostFiles) {
			return;
		}
		const listener = this.#listen();
		if (listener === undefined) {
			return;
		}
		const tables = good.tables.length > 0 ? TableWatch.open(this.#libc(), good.tables) : undefined;
		if (good.tables.length > 0 && tables === undefined) {
			listener.close();
			return;
		}
		this.#watches.set(path, { listener, tables, inode: inodeOf("/proc/thread-self/ns/net") });
		this.#files += files;
	}

	drop(path: string): void {
		const watch = this.#watches.get(path);
		if (watch !== undefined) {
			this.#watches.delete(path);
			this.#files -= watch.tables === undefined ? 1 : 2;
			watch.listener.close();
			watch.tables?.close();
		}
	}

	close(): void {
		for (const path of this.#watches.keys()) {
			this.drop(path);
		}
	}

	#listen(): OpenNetlink | undefined {
		const socket = OpenNetlink.open(this.#libc(), "netfilter");
		if (!(socket instanceof OpenNetlink)) {
			return undefined;
		}
		if (socket.listen(changesOfNfTables) === undefined) {
			return socket;
		}
		socket.close();
		return undefined;
	}
}

/** Half of what this process may have open (Node has raised that as far as it goes): the agent has other files to read. */
function shareOfOpenFiles(): number {
	const [, most] = /^Max open files +(\d+) /m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
	return Math.floor(Number(most ?? 0) / 2);
}
