import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Netns } from "./netns.ts";
import { killGroup, startShunt } from "./programs.ts";

/**
 * `shunt ARGS…`, killed after so many milliseconds, and whatever it had started come to its own end. Answers whether it
 * was still under way.
 */
export async function killMidway(netns: Netns, args: readonly string[], delay: number): Promise<boolean> {
	const { child, ended } = startShunt(args);
	try {
		await sleepExactly(delay);
		child.kill("SIGKILL");
		await ended;
		await becomesEmpty(netns);
		return child.signalCode === "SIGKILL";
	} finally {
		killGroup(child);
	}
}

/** A timer of Node's has whole milliseconds and comes late, and the native program needs hardly more than one. */
async function sleepExactly(milliseconds: number): Promise<void> {
	const end = performance.now() + milliseconds;
	if (milliseconds > 5) {
		await sleep(milliseconds - 5);
	}
	while (performance.now() < end) {}
}

/**
 * How long a run is taken to need, in milliseconds, after one was killed in time or came to its end before: what was measured
 * is what a machine with other work took to tell us of the end.
 */
export function adjusted(duration: number, wasInterrupted: boolean): number {
	return duration * (wasInterrupted ? 1.1 : 0.9);
}

/** A tool that the killed program had started goes on to its own end. */
export async function becomesEmpty(netns: Netns): Promise<void> {
	for (let tries = 0; netns.pids().length > 0; tries++) {
		expect(tries, "a tool that does not come to an end").toBeLessThan(1000);
		await sleep(10);
	}
}
