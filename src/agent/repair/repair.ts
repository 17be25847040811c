import type { KernelTable } from "../../backend/backend.ts";
import { type Fingerprint, isSameFingerprint } from "../../backend/fingerprint.ts";
import { HostError } from "../../host/host.ts";
import type { Visit } from "../../linux/netns.ts";
import type { Log } from "../../serving/log.ts";
import { TaskQueue } from "../task-queue.ts";
import type { MeshedPod } from "./meshed-pod.ts";
import type { NamespaceWatches } from "./namespace-watches.ts";
import { PodCase, type RepairState } from "./pod-case.ts";
import type { PodNamespaces } from "./pod-namespaces.ts";
import type { PodRules } from "./pod-rules.ts";

export interface RepairParts {
	/** The pods that may be touched, and the addresses of all pods of the node. */
	readonly pods: () => { readonly meshed: readonly MeshedPod[]; readonly assigned: ReadonlySet<string> };
	readonly namespaces: Pick<PodNamespaces, "refresh" | "lookInto" | "find" | "isStill">;
	readonly watches: Pick<NamespaceWatches, "refresh" | "isQuiet" | "begin" | "drop" | "close">;
	/** Of the network namespace that somebody is visiting; as `takeFingerprint` in src/backend. */
	readonly fingerprint: (among?: readonly KernelTable[]) => Fingerprint | undefined;
	/** Goes there and comes back. */
	readonly visit: Visit;
	readonly rules: Pick<PodRules, "check" | "make">;
	readonly told: RepairListener;
	/** What no look can mend. */
	readonly failed: (error: unknown) => void;
	readonly log: Log;
	readonly now: () => number;
}

/** Who hears of what was done. */
export interface RepairListener {
	repairLooked(): void;
	checked(): void;
	mended(pod: MeshedPod, drift: string): void;
	/** `failures`: how often in a row. */
	notMended(pod: MeshedPod, why: string, failures: number): void;
}

/** Whoever holds the xtables lock does so for milliseconds, most often. */
const leastBusyPauseMs = 100;

/**
 * Keeps the rules of the node's meshed pods as the plugin made them, in place. By level: at every look the fingerprint of
 * each pod's namespace is held against that of the last time it was found intact, unless a watch there has seen no change; where it
 * is another, the plugin's CHECK says what is the matter, and where that is drift the plugin's ADD mends it, both by their own
 * code. What cannot be read is never taken for drift.
 */
export class Repair {
	readonly #parts: RepairParts;
	/** To see what there is comes first, to do something about it last. */
	readonly #tasks: TaskQueue;
	#cases = new Map<string, PodCase>();
	#look: "none" | "running" | "wanted-again" = "none";
	#sooner: NodeJS.Timeout | undefined;
	/** Somebody is at something of which there is one on the node, as the xtables lock is. */
	#busyUntil = 0;

	constructor(parts: RepairParts) {
		this.#parts = parts;
		this.#tasks = new TaskQueue(parts.failed);
	}

	/** How many pods there are in each state. */
	get counts(): Readonly<Record<RepairState, number>> {
		const counts = { intact: 0, drifted: 0, unknown: 0 };
		for (const { state } of this.#cases.values()) {
			counts[state] += 1;
		}
		return counts;
	}

	/** Lets go of everything: until the next look nothing more is done, and nothing is known after it. */
	rest(): void {
		this.#tasks.clear();
		clearTimeout(this.#sooner);
		this.#sooner = undefined;
		this.#cases.clear();
		this.#parts.watches.close();
		this.#look = "none";
	}

	/** Looks at all of them by and by; where that is going on already, once more after it. */
	look(): void {
		if (this.#look !== "none") {
			this.#look = "wanted-again";
			return;
		}
		this.#look = "running";
		const { pods, namespaces, watches, visit } = this.#parts;
		const { meshed, assigned } = pods();
		// Those of pods that have gone go too.
		this.#cases = new Map(meshed.map(({ uid }) => [uid, this.#cases.get(uid) ?? new PodCase()]));
		watches.refresh();
		const unknown = namespaces.refresh(assigned);
		this.#tasks.add(
			"front",
			...unknown.map((name) => () => namespaces.lookInto(name, visit)),
			...meshed.map((pod) => () => this.#lookAt(pod)),
			() => this.#looked(),
		);
	}

	#looked(): void {
		const isWanted = this.#look === "wanted-again";
		this.#look = "none";
		this.#parts.told.repairLooked();
		if (isWanted) {
			this.look();
		}
	}

	#lookAt(pod: MeshedPod): void {
		const { namespaces, watches, now } = this.#parts;
		const known = this.#cases.get(pod.uid);
		if (known?.isDue(now()) !== true) {
			return;
		}
		const found = namespaces.find(pod.addresses);
		if (found.kind === "unknown") {
			this.#isUnknown(pod, known, found.why);
			return;
		}
		const { path } = found;
		const since = this.#since(path, known.good);
		if (since === "same" && known.hasSeen(pod)) {
			known.state = "intact";
			return;
		}
		// One stays only where it has seen all that happened since the rules were good.
		watches.drop(path);
		if (typeof since === "object") {
			this.#isUnknown(pod, known, since.why);
			return;
		}
		known.isBusy = true;
		this.#tasks.add("back", () => {
			known.isBusy = false;
			this.#settle(pod, known, path);
		});
	}

	/** What has become of the rules since they were good, or why nobody knows. Pays no visit where a watch has seen nothing. */
	#since(path: string, good: Fingerprint | undefined): "same" | "changed" | { why: string } {
		if (good !== undefined && this.#parts.watches.isQuiet(path)) {
			return "same";
		}
		const taken = this.#fingerprint(path, good);
		if (typeof taken === "string") {
			return { why: taken };
		}
		return good !== undefined && isSameFingerprint(good, taken) ? "same" : "changed";
	}

	/** Or why there is none. Where it may be `good` still, a watch begins before it is taken. */
	#fingerprint(path: string, good?: Fingerprint): Fingerprint | string {
		const { fingerprint, watches, visit } = this.#parts;
		const take = () => {
			if (good !== undefined) {
				watches.begin(path, good);
			}
			return fingerprint(good?.tables.map(({ table }) => table));
		};
		try {
			return visit(path, take) ?? "the kernel does not tell of its rules";
		} catch (error) {
			if (error instanceof HostError) {
				return error.message;
			}
			throw error;
		}
	}

	/** The namespace is as it was before the question at most, so that a change meanwhile is seen at the next look. */
	#settle(pod: MeshedPod, known: PodCase, path: string): void {
		const { rules, told, now } = this.#parts;
		if (now() < this.#busyUntil) {
			return;
		}
		const before = this.#fingerprint(path);
		told.checked();
		const outcome = rules.check(pod, path);
		switch (outcome.kind) {
			case "done":
				known.foundIntact(pod, typeof before === "string" ? undefined : before);
				break;
			case "busy":
			case "failed":
				known.failed(now());
				this.#isUnknown(pod, known, outcome.why);
				break;
			case "drift":
				known.state = "drifted";
				this.#mend(pod, known, { path, drift: outcome.why });
		}
	}

	#mend(
		pod: MeshedPod,
		known: PodCase,
		{ path, drift }: { readonly path: string; readonly drift: string },
	): void {
		const { rules, told, namespaces, now } = this.#parts;
		if (!this.#isStillWanted(pod) || !namespaces.isStill(path)) {
			return;
		}
		if (!known.mayMend(now())) {
			told.notMended(pod, `somebody changes the rules again and again: ${drift}`, known.failures);
			return;
		}
		const started = now();
		const outcome = rules.make(pod, path);
		if (outcome.kind === "done") {
			known.mended(now());
			told.mended(pod, drift);
			return;
		}
		if (outcome.kind === "busy" && known.mayWait(now())) {
			this.#waitFor(now() - started);
			return;
		}
		known.failed(now());
		told.notMended(pod, outcome.why, known.failures);
	}

	/** For all of them. To try took so many milliseconds, in which nobody else of this process was answered. */
	#waitFor(tryingMs: number): void {
		const pauseMs = Math.max(leastBusyPauseMs, 4 * tryingMs);
		this.#busyUntil = this.#parts.now() + pauseMs;
		this.#sooner ??= setTimeout(() => {
			this.#sooner = undefined;
			this.look();
		}, pauseMs);
	}

	/** A pod that was deleted meanwhile, or has another policy, is not what was asked about. */
	#isStillWanted(pod: MeshedPod): boolean {
		const now = this.#parts.pods().meshed.find(({ uid }) => uid === pod.uid);
		return now !== undefined && JSON.stringify(now.policy) === JSON.stringify(pod.policy);
	}

	/** Said once, since it may stay so. */
	#isUnknown({ namespace, name, addresses }: MeshedPod, known: PodCase, why: string): void {
		if (known.isUnknown(why) && addresses.length > 0) {
			this.#parts.log.warn("a pod's rules cannot be looked at, so they are left as they are", {
				pod: `${namespace}/${name}`,
				why,
			});
		}
	}
}
