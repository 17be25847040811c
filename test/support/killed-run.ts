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
		await sleep(delay);
		const isRunning = child.exitCode === null;
		child.kill("SIGKILL");
		await ended;
		await becomesEmpty(netns);
		return isRunning;
	} finally {
		killGroup(child);
	}
}

/** A tool that the killed program had started goes on to its own end. */
export async function becomesEmpty(netns: Netns): Promise<void> {
	for (let tries = 0; netns.pids().length > 0; tries++) {
		expect(tries, "a tool that does not come to an end").toBeLessThan(1000);
		await sleep(10);
	}
}
