import type { Fingerprint } from "../../backend/fingerprint.ts";
import type { MeshedPod } from "./meshed-pod.ts";

/** How a meshed pod's rules stand, as far as is known. */
export type RepairState = "intact" | "drifted" | "unknown";

/** After each failure twice as long, up to a minute. */
const [leastPauseMs, mostPauseMs] = [1000, 60_000];
/** For how long somebody else may be at it, again and again. */
const mostBusyMs = 10_000;
/** Somebody who removes the rules again and again is not to be fought: so many times in a minute, and then a minute of rest. */
const mostMendsAMinute = 10;

/** What is known of one pod. Times are in milliseconds of a clock that does not go back. */
export class PodCase {
	state: RepairState = "unknown";
	/** Somebody is to look what is the matter, and has not yet. */
	isBusy = false;
	#good: Fingerprint | undefined;
	#validatorFailures = 0;
	#notBefore = 0;
	#failures = 0;
	#mends: number[] = [];
	#busySince: number | undefined;
	#said = "";

	/** Its namespace's when the rules were last found intact; undefined where nobody knows. */
	get good(): Fingerprint | undefined {
		return this.#good;
	}

	/** How often in a row they could not be looked at or mended. */
	get failures(): number {
		return this.#failures;
	}

	/** Whether it is to be looked at by now. */
	isDue(now: number): boolean {
		return !this.isBusy && now >= this.#notBefore;
	}

	/** Whether somebody has looked into all failures of its validator. */
	hasSeen({ validatorFailures }: MeshedPod): boolean {
		return validatorFailures === this.#validatorFailures;
	}

	foundIntact({ validatorFailures }: MeshedPod, good: Fingerprint | undefined): void {
		this.state = "intact";
		this.#good = good;
		this.#validatorFailures = validatorFailures;
		this.#failures = 0;
		this.#busySince = undefined;
		this.#said = "";
	}

	/** Whether this is said for the first time since the rules were last intact. */
	isUnknown(why: string): boolean {
		this.state = "unknown";
		const isNews = this.#said !== why;
		this.#said = why;
		return isNews;
	}

	/** Whether it may be mended once more. If not it is left for a while, as after a failure. */
	mayMend(now: number): boolean {
		this.#mends = this.#mends.filter((at) => at > now - 60_000);
		if (this.#mends.length < mostMendsAMinute) {
			return true;
		}
		this.#notBefore = now + mostPauseMs;
		this.#failures += 1;
		return false;
	}

	/** The next look asks whether it is so. */
	mended(now: number): void {
		this.#mends.push(now);
		this.#busySince = undefined;
		this.#good = undefined;
	}

	/** Somebody else is at it. Whether that may go on, or is a failure by now. */
	mayWait(now: number): boolean {
		this.#busySince ??= now;
		return now - this.#busySince <= mostBusyMs;
	}

	failed(now: number): void {
		this.#busySince = undefined;
		this.#notBefore = now + Math.min(leastPauseMs * 2 ** this.#failures, mostPauseMs);
		this.#failures += 1;
	}
}
