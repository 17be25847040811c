import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";

export interface WatchedFiles {
	readonly paths: readonly string[];
	/** Called after something happened in their folders, and at every interval whatever happened. */
	readonly check: () => void;
	readonly intervalMs: number;
}

/** A kubelet's swap is three steps in one folder; one look after the last is enough. */
const settleMs = 50;

/**
 * The kubelet does not write to mounted files: it makes a new folder and renames a link `..data` to it, so it is the
 * folder that has to be watched (AtomicWriter in kubernetes/pkg/volume/util/atomic_writer.go). Notifications are only
 * there to be quick. The interval is what makes sure, since a node can run out of inotify instances.
 */
export function watchFiles({ paths, check, intervalMs }: WatchedFiles): { close(): void } {
	let settling: NodeJS.Timeout | undefined;
	const onChange = () => {
		settling ??= setTimeout(() => {
			settling = undefined;
			check();
		}, settleMs).unref();
	};
	const watchers = [...new Set(paths.map((path) => dirname(path)))].flatMap((folder) =>
		watchFolder(folder, onChange),
	);
	const interval = setInterval(check, intervalMs).unref();
	return {
		close: () => {
			clearInterval(interval);
			clearTimeout(settling);
			for (const watcher of watchers) {
				watcher.close();
			}
		},
	};
}

function watchFolder(folder: string, onChange: () => void): FSWatcher[] {
	try {
		const watcher = watch(folder, { persistent: false }, onChange);
		watcher.on("error", () => watcher.close());
		return [watcher];
	} catch {
		return [];
	}
}
