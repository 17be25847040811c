import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { formatProblem } from "../domain/problem.ts";
import type { Log } from "../serving/log.ts";
import type { Metrics } from "./metrics.ts";
import type { Mounted } from "./mounted.ts";
import type { Reloaded, ReloadObserver } from "./reloaded.ts";
import type { WebhookServer } from "./webhook-server.ts";

interface MountedWatch {
	readonly mounted: Mounted;
	readonly intervalMs: number;
	readonly log: Log;
	readonly metrics: Pick<Metrics, "reloaded" | "certificateUntil">;
	readonly webhook: Pick<WebhookServer, "use">;
}

/** Puts changes of the mounted files into effect. A review sees either the old or the new configuration, whole. */
export function watchMounted(watch: MountedWatch): { close(): void } {
	const { mounted, intervalMs, metrics, webhook } = watch;
	const { configuration, certificate } = mounted;
	metrics.certificateUntil(certificate.value.notAfter);
	return watchFiles({
		paths: [...configuration.source.paths, ...certificate.source.paths],
		intervalMs,
		check: () => {
			void check(configuration, watch, () => undefined);
			void check(certificate, watch, (fresh) => {
				webhook.use(fresh);
				metrics.certificateUntil(fresh.notAfter);
			});
		},
	});
}

/** Never rejects: reading turns every failure into a problem. */
function check<T>(reloaded: Reloaded<T>, watch: MountedWatch, apply: (value: T) => void): Promise<void> {
	const what = reloaded.source.name;
	return reloaded.check(announced(what, watch, apply));
}

/** Puts a changed value into effect, and has log and metrics say what became of it. */
export function announced<T>(
	what: string,
	{ log, metrics }: Pick<MountedWatch, "log"> & { readonly metrics: Pick<Metrics, "reloaded"> },
	apply: (value: T) => void,
): ReloadObserver<T> {
	return {
		changed: (value) => {
			apply(value);
			metrics.reloaded(what, "done");
			log.info("reloaded", { what });
		},
		refused: (problems) => {
			metrics.reloaded(what, "refused");
			log.error("not reloaded; the last good one stays", {
				what,
				problems: problems.map(formatProblem).join("; "),
			});
		},
	};
}

interface WatchedFiles {
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
