import { readFileSync } from "node:fs";
import type { Libc } from "../../linux/libc.ts";
import { OpenNetlink } from "../../linux/netlink-socket.ts";
import { pollSockets } from "../../linux/tcp-socket.ts";
import { inodeOf } from "./pod-namespaces.ts";

/** NFNLGRP_NFTABLES (linux/netfilter/nfnetlink.h): each change, and at its end a new generation (nf_tables_gen_notify). */
const changesOfNfTables = 7;

/** One that has heard nothing. */
interface Listener {
	readonly socket: OpenNetlink;
	/** The namespace's, in which it is. */
	readonly inode: number | undefined;
}

/**
 * Sockets inside network namespaces that hear when somebody changes rules of nf_tables there, so that nobody has to go and
 * ask. One is dropped at the first that it hears; whoever wants to know what has changed looks, and begins to listen anew
 * before that. Where a namespace takes none, nobody listens, and nothing else is different.
 *
 * A socket keeps its namespace alive, with all that is in it. So it goes with the file to which the runtime bound the namespace:
 * {@link refresh} is to be called at every look and whenever the folder has changed, and {@link close} where no look will follow.
 */
export class ChangeListeners {
	readonly #libc: () => Libc;
	readonly #most: number;
	readonly #listeners = new Map<string, Listener>();

	/** `most`: how many there may be. Each is an open file. */
	constructor(libc: () => Libc, most = shareOfOpenFiles()) {
		this.#libc = libc;
		this.#most = most;
	}

	/** Drops those that have heard something, and those whose namespace is no longer what its path names. */
	refresh(): void {
		if (this.#listeners.size === 0) {
			return;
		}
		const descriptors = [...this.#listeners.values()].map(({ socket }) => socket.descriptor);
		const heard = pollSockets(this.#libc(), descriptors, [], 0);
		for (const [path, { socket, inode }] of this.#listeners) {
			if (heard === undefined || heard.has(socket.descriptor) || inodeOf(path) !== inode) {
				this.drop(path);
			}
		}
	}

	/** Whether somebody listens there, who at the last {@link refresh} had heard nothing since the beginning. */
	isQuiet(path: string): boolean {
		return this.#listeners.has(path);
	}

	/** Begins to listen in the namespace of the path, in which the caller is. Does nothing where somebody listens there. */
	listen(path: string): void {
		if (this.#listeners.has(path) || this.#listeners.size >= this.#most) {
			return;
		}
		const socket = OpenNetlink.open(this.#libc(), "netfilter");
		if (!(socket instanceof OpenNetlink)) {
			return;
		}
		if (socket.listen(changesOfNfTables) === undefined) {
			this.#listeners.set(path, { socket, inode: inodeOf("/proc/thread-self/ns/net") });
		} else {
			socket.close();
		}
	}

	drop(path: string): void {
		this.#listeners.get(path)?.socket.close();
		this.#listeners.delete(path);
	}

	close(): void {
		for (const path of this.#listeners.keys()) {
			this.drop(path);
		}
	}
}

/** Half of what this process may have open (Node has raised that as far as it goes): the agent has other files to read. */
function shareOfOpenFiles(): number {
	const [, most] = /^Max open files +(\d+) /m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
	return Math.floor(Number(most ?? 0) / 2);
}
