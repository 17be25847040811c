import type { KernelTable } from "../../backend/backend.ts";
import { type Fingerprint, isSameFingerprint } from "../../backend/fingerprint.ts";
import { HostError } from "../../host/host.ts";
import type { Visit } from "../../linux/netns.ts";
import type { Log } from "../../serving/log.ts";
import type { ChangeListeners } from "./change-listeners.ts";
import type { MeshedPod } from "./meshed-pod.ts";
import type { PodNamespaces } from "./pod-namespaces.ts";
import type { PodRules } from "./pod-rules.ts";

/** How a meshed pod's rules stand, as far as is known. */
export type RepairState = "intact" | "drifted" | "unknown";

export interface RepairParts {
	/** The pods that may be touched, and the addresses of all pods of the node. */
	readonly pods: () => { readonly meshed: readonly MeshedPod[]; readonly assigned: ReadonlySet<string> };
	readonly namespaces: Pick<PodNamespaces, "refresh" | "find" | "isStill">;
	readonly listeners: Pick<ChangeListeners, "refresh" | "isQuiet" | "listen" | "drop">;
	/** Of the network namespace that somebody is visiting; as `takeFingerprint` in src/backend. */
	readonly fingerprint: (among?: readonly KernelTable[]) => Fingerprint | undefined;
	readonly travel: <T>(journey: (visit: Visit) => T) => T;
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

/** After each failure twice as long, up to a minute. */
const [leastPauseMs, mostPauseMs] = [1000, 60_000];
/** Somebody who removes the rules again and again is not to be fought: so many times in a minute, and then a minute of rest. */
const mostMendsAMinute = 10;

/** What is known of one pod. */
class Case {
	state: RepairState = "unknown";
	/** When it was last found intact. */
	good: Fingerprint | undefined;
	/** Of which failures of its validator somebody has looked into the reason. */
	validatorFailures = 0;
	isBusy = false;
	notBefore = 0;
	/** In a row. */
	failures = 0;
	mends: number[] = [];
	said = "";
}

/**
 * Keeps the rules of the node's meshed pods as the plugin made them, in place. By level: at every look the fingerprint of
 * each pod's namespace is held against that of the last time it was found intact, unless a listener there has heard of no change;
 * where it is another, the plugin's CHECK says
 * what is the matter, and where that is drift the plugin's ADD mends it, both by their own code. What cannot be read is never taken for drift.
 */
export class Repair {
	readonly #parts: RepairParts;
	#cases = new Map<string, Case>();
	readonly #waiting: (() => void)[] = [];
	#isBusy = false;
	#isStopped = false;

	constructor(parts: RepairParts) {
		this.#parts = parts;
	}

	/** How many pods there are in each state. */
	get counts(): Readonly<Record<RepairState, number>> {
		const counts = { intact: 0, drifted: 0, unknown: 0 };
		for (const { state } of this.#cases.values()) {
			counts[state] += 1;
		}
		return counts;
	}

	stop(): void {
		this.#isStopped = true;
		this.#waiting.length = 0;
	}

	/** Looks at all of them; what takes longer goes on afterwards. */
	look(): void {
		try {
			this.#lookAtAll();
		} catch (error) {
			this.#parts.failed(error);
		}
	}

	#lookAtAll(): void {
		const { pods, namespaces, listeners, travel, told } = this.#parts;
		const { meshed, assigned } = pods();
		// Those of pods that have gone go too.
		this.#cases = new Map(meshed.map(({ uid }) => [uid, this.#cases.get(uid) ?? new Case()]));
		listeners.refresh();
		travel((visit) => {
			namespaces.refresh(assigned, visit);
			for (const pod of meshed) {
				this.#lookAt(pod, visit);
			}
		});
		told.repairLooked();
		this.#begin();
	}

	#lookAt(pod: MeshedPod, visit: Visit): void {
		const { namespaces, listeners, now } = this.#parts;
		const known = this.#cases.get(pod.uid);
		if (known === undefined || known.isBusy || now() < known.notBefore) {
			return;
		}
		const found = namespaces.find(pod.addresses);
		if (found.kind === "unknown") {
			this.#isUnknown(pod, known, found.why);
			return;
		}
		const { path } = found;
		const since = this.#since(path, known.good, visit);
		if (since === "same" && pod.validatorFailures === known.validatorFailures) {
			known.state = "intact";
			return;
		}
		// One stays only where it has heard all that happened since the rules were good.
		listeners.drop(path);
		if (typeof since === "object") {
			this.#isUnknown(pod, known, since.why);
			return;
		}
		known.isBusy = true;
		this.#waiting.push(() => {
			known.isBusy = false;
			this.#settle(pod, known, path);
		});
	}

	/** What has become of the rules since they were good, or why nobody knows. Pays no visit where a listener has heard nothing. */
	#since(path: string, good: Fingerprint | undefined, visit: Visit): "same" | "changed" | { why: string } {
		if (good !== undefined && this.#parts.listeners.isQuiet(path)) {
			return "same";
		}
		const taken = this.#fingerprint(path, good, visit);
		if (typeof taken === "string") {
			return { why: taken };
		}
		return good !== undefined && isSameFingerprint(good, taken) ? "same" : "changed";
	}

	/** Or why there is none. */
	#fingerprint(path: string, last: Fingerprint | undefined, visit: Visit): Fingerprint | string {
		const { fingerprint, listeners } = this.#parts;
		const among = last?.tables.map(({ table }) => table);
		const take = () => {
			// Of tables of x_tables nobody is told.
			if (among?.length === 0) {
				listeners.listen(path);
			}
			return fingerprint(among);
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
	#settle(pod: MeshedPod, known: Case, path: string): void {
		const { travel, rules, told } = this.#parts;
		const before = travel((visit) => this.#fingerprint(path, undefined, visit));
		told.checked();
		const outcome = rules.check(pod, path);
		switch (outcome.kind) {
			case "done":
				this.#isIntact(known, pod, typeof before === "string" ? undefined : before);
				break;
			case "failed":
				this.#rest(known);
				this.#isUnknown(pod, known, outcome.why);
				break;
			case "drift":
				known.state = "drifted";
				this.#mend(pod, known, { path, drift: outcome.why });
		}
	}

	#isIntact(known: Case, pod: MeshedPod, good: Fingerprint | undefined): void {
		known.state = "intact";
		known.good = good;
		known.validatorFailures = pod.validatorFailures;
		known.failures = 0;
		known.said = "";
	}

	#mend(
		pod: MeshedPod,
		known: Case,
		{ path, drift }: { readonly path: string; readonly drift: string },
	): void {
		const { rules, told, namespaces, now } = this.#parts;
		if (!this.#isStillWanted(pod) || !namespaces.isStill(path)) {
			return;
		}
		known.mends = known.mends.filter((at) => at > now() - 60_000);
		if (known.mends.length >= mostMendsAMinute) {
			known.notBefore = now() + mostPauseMs;
			known.failures += 1;
			told.notMended(pod, `somebody changes the rules again and again: ${drift}`, known.failures);
			return;
		}
		const outcome = rules.make(pod, path);
		if (outcome.kind === "done") {
			known.mends.push(now());
			// The next look asks whether it is so.
			known.good = undefined;
			told.mended(pod, drift);
			return;
		}
		this.#rest(known);
		told.notMended(pod, outcome.why, known.failures);
	}

	/** A pod that was deleted meanwhile, or has another policy, is not what was asked about. */
	#isStillWanted(pod: MeshedPod): boolean {
		const now = this.#parts.pods().meshed.find(({ uid }) => uid === pod.uid);
		return now !== undefined && JSON.stringify(now.policy) === JSON.stringify(pod.policy);
	}

	#rest(known: Case): void {
		known.notBefore = this.#parts.now() + Math.min(leastPauseMs * 2 ** known.failures, mostPauseMs);
		known.failures += 1;
	}

	/** Said once, since it may stay so. */
	#isUnknown({ namespace, name, addresses }: MeshedPod, known: Case, why: string): void {
		known.state = "unknown";
		if (known.said !== why && addresses.length > 0) {
			known.said = why;
			this.#parts.log.warn("a pod's rules cannot be looked at, so they are left as they are", {
				pod: `${namespace}/${name}`,
				why,
			});
		}
	}

	/** One after the other, and between two of them whatever else the agent has to do. */
	#begin(): void {
		if (this.#isBusy || this.#isStopped) {
			return;
		}
		const next = this.#waiting.shift();
		if (next === undefined) {
			return;
		}
		this.#isBusy = true;
		setImmediate(() => {
			this.#isBusy = false;
			try {
				if (!this.#isStopped) {
					next();
				}
			} catch (error) {
				this.#parts.failed(error);
			}
			this.#begin();
		});
	}
}
