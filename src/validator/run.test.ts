import { EventEmitter } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Watch, watchFor } from "./run.ts";

const hour = 3_600_000;
const watches: Watch[] = [];

afterEach(() => {
	for (const watch of watches.splice(0)) {
		watch.end();
	}
	vi.useRealTimers();
});

function watching(milliseconds = hour) {
	const on = new EventEmitter() as EventEmitter & NodeJS.Process;
	const watch = watchFor(milliseconds, on);
	watches.push(watch);
	return { on, watch };
}

describe("watchFor", () => {
	it.each(["SIGTERM", "SIGINT"] as const)("hears %s", async (signal) => {
		const { on, watch } = watching();
		expect(watch.isInterrupted()).toBe(false);
		on.emit(signal);
		expect(watch.isInterrupted()).toBe(true);
		expect(await watch.interrupted).toBe(signal);
	});

	it("hears that the time is up, and not before", async () => {
		vi.useFakeTimers();
		const { watch } = watching(1000);
		vi.advanceTimersByTime(999);
		expect(watch.isInterrupted()).toBe(false);
		vi.advanceTimersByTime(1);
		expect(watch.isInterrupted()).toBe(true);
		expect(await watch.interrupted).toBe("timeout");
	});

	it("tells of the first of several", async () => {
		const { on, watch } = watching();
		on.emit("SIGINT");
		on.emit("SIGTERM");
		expect(await watch.interrupted).toBe("SIGINT");
	});

	it("hears nothing more when it has ended, and leaves no listener and no timer behind", () => {
		vi.useFakeTimers();
		const { on, watch } = watching();
		expect(on.eventNames()).toEqual(["SIGTERM", "SIGINT"]);
		expect(vi.getTimerCount()).toBe(1);
		watch.end();
		expect(on.eventNames()).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
		on.emit("SIGTERM");
		expect(watch.isInterrupted()).toBe(false);
	});
});
