import { type FSWatcher, statSync, watch } from "node:fs";

/**
 * Tells of changes in folders, also in those that are made late or made anew. Only there to be quick: a node can run out
 * of inotify instances, and then the period alone finds changes.
 */
export class FolderWatch {
	readonly #folders: readonly string[];
	readonly #onChange: () => void;
	readonly #watched = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();

	constructor(folders: readonly string[], onChange: () => void) {
		this.#folders = [...new Set(folders)];
		this.#onChange = onChange;
	}

	/** To be called at every look: a watch is a folder's, and not its name's. True where one was begun. */
	renew(): boolean {
		return this.#folders.map((folder) => this.#renew(folder)).includes(true);
	}

	close(): void {
		for (const folder of this.#folders) {
			this.#forget(folder);
		}
	}

	#renew(folder: string): boolean {
		const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
		if (this.#watched.get(folder)?.inode === inode) {
			return false;
		}
		this.#forget(folder);
		if (inode === undefined) {
			return false;
		}
		try {
			const watcher = watch(folder, { persistent: false }, this.#onChange);
			watcher.on("error", () => this.#forget(folder));
			this.#watched.set(folder, { inode, watcher });
			return true;
		} catch {
			return false;
		}
	}

	#forget(folder: string): void {
		this.#watched.get(folder)?.watcher.close();
		this.#watched.delete(folder);
	}
}
