import { expect, it } from "vitest";
import { TaskQueue } from "./task-queue.ts";

const later = (milliseconds = 5) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function work(milliseconds: number): void {
	const end = performance.now() + milliseconds;
	while (performance.now() < end) {
		// Whatever a task does.
	}
}

it("does what is in front first, in order, and not at once", async () => {
	const done: string[] = [];
	const queue = new TaskQueue((error) => done.push(String(error)));
	const say = (word: string) => () => done.push(word);
	queue.add("back", say("c"), () => {
		done.push("d");
		queue.add("back", say("g"));
		queue.add("front", say("e"));
	});
	queue.add("front", say("a"), say("b"));
	queue.add("back", say("f"));
	expect(done).toEqual([]);
	await later();
	expect(done).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
});

it("lets others have their turn between long tasks", async () => {
	const queue = new TaskQueue(() => undefined);
	let done = 0;
	const seen: number[] = [];
	queue.add(
		"back",
		...Array.from({ length: 6 }, () => () => {
			work(12);
			done += 1;
		}),
	);
	const watcher = setInterval(() => seen.push(done), 1);
	await later(200);
	clearInterval(watcher);
	expect(done).toBe(6);
	expect(seen.filter((count) => count > 0 && count < 6).length).toBeGreaterThan(0);
});

it("runs nothing after a task that threw, or when it was cleared", async () => {
	const failures: unknown[] = [];
	const queue = new TaskQueue((error) => failures.push(error));
	const bug = new Error("a bug");
	let isRun = false;
	queue.add(
		"front",
		() => {
			throw bug;
		},
		() => {
			isRun = true;
		},
	);
	await later();
	expect([failures, isRun]).toEqual([[bug], false]);
	queue.add("front", () => {
		isRun = true;
	});
	queue.clear();
	await later();
	expect(isRun).toBe(false);
	queue.add("back", () => {
		isRun = true;
	});
	await later();
	expect(isRun).toBe(true);
});
