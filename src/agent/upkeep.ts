import { formatProblem, type Result } from "../domain/problem.ts";
import type { Log } from "../serving/log.ts";
import type { Installation, Standing } from "./installation.ts";
import type { PluginConfiguration } from "./plugin-configuration.ts";
import { FolderWatch } from "./watch-folders.ts";

export interface UpkeepParts {
	readonly installation: Installation;
	/** Reads the plugin's configuration, which may change under us: the kubelet writes a mounted ConfigMap anew. */
	readonly configuration: () => Result<PluginConfiguration>;
	/** Called with each that can be used and is not the last one. */
	readonly configured: (configuration: PluginConfiguration) => void;
	/** Called after each look, for what else there is to do then. */
	readonly afterLook: (isComplete: boolean) => void;
	readonly folders: readonly string[];
	readonly intervalMs: number;
	readonly uninstall: boolean;
	readonly log: Log;
	readonly looked: (standing: Standing) => void;
	/** What no look can mend. */
	readonly failed: (error: unknown) => void;
}

/** Who writes a file does it in several steps; one look after the last is enough. */
const settleMs = 20;
/**
 * Two programs that both want to be last in a list, or want different things there, would have each other write for ever.
 * After so many changes in a minute events are left alone, and the period goes on looking.
 */
const maxChangesAMinute = 120;

/** Looks after the installation, at events and at every interval. */
export class Upkeep {
	readonly #parts: UpkeepParts;
	readonly #watch: FolderWatch;
	#settling: NodeJS.Timeout | undefined;
	#interval: NodeJS.Timeout | undefined;
	#changes: number[] = [];
	#said = "";
	#configured: string | undefined;
	#standing: Standing | undefined;

	constructor(parts: UpkeepParts) {
		this.#parts = parts;
		this.#watch = new FolderWatch(parts.folders, () => this.#onEvent());
	}

	/** Why it is not as intended. */
	get obstacles(): readonly string[] {
		return this.#standing?.obstacles ?? ["nothing was looked at yet"];
	}

	start(): void {
		this.#interval = setInterval(() => this.#look(), this.#parts.intervalMs);
		this.#look();
	}

	stop(): void {
		clearInterval(this.#interval);
		clearTimeout(this.#settling);
		this.#watch.close();
		this.#parts.installation.release();
	}

	#onEvent(): void {
		const minuteAgo = performance.now() - 60_000;
		this.#changes = this.#changes.filter((at) => at > minuteAgo);
		if (this.#changes.length < maxChangesAMinute) {
			this.#settling ??= setTimeout(() => {
				this.#settling = undefined;
				this.#look();
			}, settleMs);
		}
	}

	#look(): void {
		const { installation, uninstall, failed } = this.#parts;
		try {
			// Before the look: what happens between the two is an event then.
			this.#watch.renew();
			const refused = this.#reread();
			const standing = uninstall ? installation.remove() : installation.install();
			this.#took({ ...standing, obstacles: [...standing.obstacles, ...refused] });
			this.#parts.afterLook(this.obstacles.length === 0);
		} catch (error) {
			failed(error);
		}
	}

	/** Takes a new configuration over; why not, where it cannot be used, and then the last good one stays in force. */
	#reread(): readonly string[] {
		const read = this.#parts.configuration();
		if (!read.ok) {
			return read.problems.map(formatProblem);
		}
		if (read.value.text !== this.#configured) {
			this.#configured = read.value.text;
			this.#parts.configured(read.value);
		}
		return [];
	}

	#took(standing: Standing): void {
		const { log, looked, uninstall } = this.#parts;
		this.#standing = standing;
		if (standing.changes.length > 0) {
			this.#changes.push(performance.now());
		}
		for (const change of standing.changes) {
			log.info(change);
		}
		const said = standing.obstacles.join("; ");
		if (said !== "" && said !== this.#said) {
			log.warn(uninstall ? "not uninstalled" : "not installed as intended", { obstacles: said });
		} else if (said === "" && (this.#said !== "" || standing.changes.length > 0)) {
			log.info(uninstall ? "uninstalled" : "installed", { file: standing.file });
		}
		this.#said = said;
		looked(standing);
	}
}
