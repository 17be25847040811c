import { formatProblem } from "../domain/problem.ts";
import type { Log } from "../serving/log.ts";
import type { Metrics } from "./metrics.ts";
import type { Mounted } from "./mounted.ts";
import type { Reloaded } from "./reloaded.ts";
import { watchFiles } from "./watch-files.ts";
import type { WebhookServer } from "./webhook-server.ts";

export interface MountedWatch {
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
function check<T>(
	reloaded: Reloaded<T>,
	{ log, metrics }: MountedWatch,
	apply: (value: T) => void,
): Promise<void> {
	const what = reloaded.source.name;
	return reloaded.check({
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
	});
}
