import { describe, expect, it } from "vitest";
import { type EventFate, type EventNote, EventQueue } from "./events.ts";

function noteOf(name: string): EventNote {
	const regarding = { apiVersion: "v1", kind: "Pod", namespace: "web", name, uid: undefined };
	return { reason: "Injected", note: "done", regarding };
}

function queueOf(send: (note: EventNote) => Promise<void>, capacity = 2) {
	const fates: EventFate[] = [];
	const clock = { now: 0 };
	const counted = (fate: EventFate) => fates.push(fate);
	const queue = new EventQueue({ send, counted, capacity, now: () => clock.now });
	return { queue, fates, clock };
}

/** Sends that end when told to. */
function held() {
	const sent: string[] = [];
	const ends: (() => void)[] = [];
	const send = ({ regarding }: EventNote) => {
		sent.push(regarding.name);
		return new Promise<void>((resolve) => ends.push(resolve));
	};
	return { sent, send, end: () => ends.shift()?.() };
}

describe("the event queue", () => {
	it("sends one at a time and drops what does not fit", async () => {
		const { sent, send, end } = held();
		const { queue, fates } = queueOf(send);
		for (const name of ["a", "b", "c", "d", "e"]) {
			queue.add(noteOf(name));
		}
		expect([sent, fates]).toEqual([["a"], ["dropped", "dropped"]]);
		const flushed = queue.flush(10_000);
		for (let turn = 0; turn < 20; turn++) {
			end();
			await Promise.resolve();
		}
		await flushed;
		expect(sent).toEqual(["a", "b", "c"]);
		expect(fates).toEqual(["dropped", "dropped", "sent", "sent", "sent"]);
	});

	it("says the same only once in a while", async () => {
		const { queue, fates, clock } = queueOf(() => Promise.resolve());
		queue.add(noteOf("a"));
		await queue.flush(1000);
		queue.add(noteOf("a"));
		clock.now = 6 * 60_000;
		queue.add(noteOf("a"));
		await queue.flush(1000);
		expect(fates).toEqual(["sent", "repeated", "sent"]);
	});

	it("remembers a bounded number of what it said", async () => {
		const { queue, fates } = queueOf(() => Promise.resolve(), 10_000);
		for (let number = 0; number < 5000; number++) {
			queue.add(noteOf(`${number}`));
		}
		await queue.flush(10_000);
		queue.add(noteOf("0"));
		queue.add(noteOf("4999"));
		await queue.flush(1000);
		expect(fates.filter((fate) => fate === "sent")).toHaveLength(5001);
		expect(fates.filter((fate) => fate === "repeated")).toHaveLength(1);
	});

	it("counts what the API server does not take, and goes on", async () => {
		const { queue, fates } = queueOf(({ regarding }) =>
			regarding.name === "a" ? Promise.reject(new Error("no")) : Promise.resolve(),
		);
		queue.add(noteOf("a"));
		queue.add(noteOf("b"));
		await queue.flush(1000);
		expect(fates).toEqual(["failed", "sent"]);
	});

	it("gives up on what is left when it is flushed in vain", async () => {
		const { queue, fates } = queueOf(held().send);
		queue.add(noteOf("a"));
		queue.add(noteOf("b"));
		await queue.flush(1);
		expect(fates).toEqual(["dropped"]);
	});
});
